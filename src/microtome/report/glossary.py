"""What every metric means, in one line each: the only place where that is said for readers of a report."""

from __future__ import annotations

GLOSSARY: dict[str, str] = {
    "fvu": "Share of the variance that the reconstruction misses. 0 is perfect, 1 no better than the mean.",
    "explained_variance": "1 − fvu.",
    "cosine": "Mean cosine between an activation and its reconstruction. 1 is the same direction.",
    "l2_ratio": "Mean length of a reconstruction relative to its activation. Below 1, they are too short.",
    "relative_reconstruction_bias": "E‖x̂‖² / E[x·x̂]. 1 is unbiased; below 1, scaling up would help.",
    "l0": "Mean number of latents active on a token.",
    "l1": "Mean sum of the active latents' activations on a token.",
    "dead_fraction": "Share of latents that never fired on the evaluated tokens.",
    "dense_fraction": "Share of latents that fire on more than 10 % of tokens.",
    "ce_clean": "The model's next-token cross entropy (nats), left as it is.",
    "ce_replaced": "The same with the site replaced by its reconstruction.",
    "ce_ablated": "The same with the site set to zero.",
    "ce_mean_ablated": "The same with the site set to its mean.",
    "ce_recovered": "Share of the loss from zeroing the site that the reconstruction avoids. 1 is all.",
    "ce_recovered_from_mean": "The same share of the loss from setting the site to its mean.",
    "kl": "Mean KL divergence (nats) from the model's predictions to those with the reconstruction.",
    "kl_recovered": "The same share as ce_recovered, measured by KL divergence.",
}

#: Titles of the groups that `choose_latents` makes.
GROUPS: dict[str, str] = {
    "most_frequent": "Most frequent",
    "median": "Around the median",
    "least_frequent": "Least frequent that fired",
    "dead": "Dead",
}
