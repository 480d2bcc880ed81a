"""One module per kind of evidence: proof and identity (symbolic), enclosure, search, run, statistics, vacuity."""
