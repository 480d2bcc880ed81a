"""The same steps in other tools, each as a user of it would write them; none shares code with the kernels."""
