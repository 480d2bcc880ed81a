"""Lemma B.1: maxima of normals, with explicit two-sided tails certified by ball arithmetic; Lemma D.3."""
