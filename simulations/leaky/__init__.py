"""Two-layer leaky-ReLU networks trained to their KKT point, and on adversarial perturbations (Kumano et al. 2024).

f(x) = sum_j a_j phi(<w_j, x>) with phi(t) = max(t, gamma t) and a_j = 1/sqrt(m) for the first half of the neurons,
-1/sqrt(m) for the second; only W = (w_j) is trained, on samples x_n with labels y_n = +-1.
"""
