"""Training as a computer-assisted proof: level 1, standard or adversarial, in Arb balls from first step to last.

`dynamics` is one step, `run` a whole trajectory in slices, `file` its text and how slices are re-checked one by one,
`worst_case` what an attack can do to the network at the end.
"""
