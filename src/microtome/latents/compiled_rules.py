"""The counting behind the rules of `rules`, compiled by numba: made on one part of the text, scored on contexts of the
other."""

from __future__ import annotations

import numpy as np

from microtome.latents.compiling import compiled

# Firings whose context is looked at when a token for it is chosen.
_SAMPLE = 256
_CONTEXT = 4


@compiled
def _back(flat, T, special, document, back):  # type: ignore[no-untyped-def]
    """The first place that is looked at before one, in its block and document."""
    begin = flat
    lowest = max(flat - flat % T, flat - back)
    while begin > lowest and not special[begin - 1] and document[begin - 1] == document[flat]:
        begin -= 1
    return begin


@compiled
def context_counts(flat_R, T, tokens, special, document, back, held_out_R, out):  # type: ignore[no-untyped-def]
    """For each token on how many rows that are not held out it is among the `back` tokens before: `out` [V + 1]."""
    last_seen = np.full(len(out), -1, np.int64)
    for row in np.nonzero(~held_out_R)[0]:
        for flat in range(_back(flat_R[row], T, special, document, back), flat_R[row]):
            if last_seen[tokens[flat]] != row:
                last_seen[tokens[flat]] = row
                out[tokens[flat]] += 1


@compiled
def _quiet(false, silent, at_once):  # type: ignore[no-untyped-def]
    """The share of silent contexts to be expected without a false alarm: `false` of `silent` tokens are, and a context
    has `at_once` places where one may be."""
    return (1 - false / max(silent, 1)) ** at_once


@compiled
def _score(hits, fired, predicted, n, at_once):  # type: ignore[no-untyped-def]
    """Balanced accuracy over contexts to be expected of a rule that predicts `predicted` of n tokens, `hits` of the
    `fired` ones among them."""
    if fired == 0 or fired == n:
        return np.nan
    return 0.5 * (hits / fired + _quiet(predicted - hits, n - fired, at_once))


@compiled
def _choose_set(keys, base, fired, n, window, none, out):  # type: ignore[no-untyped-def]
    """Into `out` the tokens that promise most, each as a rule of its own, of those that promise more than chance; the
    rest is -1."""
    found = np.sort(keys)
    gains = np.zeros(len(out))
    held, at = 0, 0
    while at < len(found):
        end = at
        while end < len(found) and found[end] == found[at]:
            end += 1
        both = end - at
        gain = both / fired - 1 + _quiet(base[found[at]] - both, n - fired, window)
        if found[at] != none and gain > 0 and (held < len(out) or gain > gains[held - 1]):
            place = held if held < len(out) else held - 1
            while place > 0 and gains[place - 1] < gain:
                gains[place], out[place] = gains[place - 1], out[place - 1]
                place -= 1
            gains[place], out[place] = gain, found[at]
            held = min(held + 1, len(out))
        at = end


@compiled
def _choose_context(rows, around, n, window, where):  # type: ignore[no-untyped-def]
    """The token that is before firings most beyond how often it is before any token; -1 for none."""
    flat_R, T, tokens, special, document, back = where
    step = max(1, len(rows) // _SAMPLE)
    picked = rows[::step]
    seen = np.empty(len(picked) * back, np.int64)
    n_seen = 0
    for row in picked:
        begin = _back(flat_R[row], T, special, document, back)
        own = np.unique(tokens[begin : flat_R[row]])
        seen[n_seen : n_seen + len(own)] = own
        n_seen += len(own)
    found = np.sort(seen[:n_seen])
    best, token, at = 0.0, -1, 0
    while at < len(found):
        end = at
        while end < len(found) and found[end] == found[at]:
            end += 1
        gain = (end - at) / len(picked) - 1 + _quiet(around[found[at]], n, window / back)
        if gain > best:
            best, token = gain, found[at]
        at = end
    return token


@compiled
def _holds(kind, chosen, tokens, begin, end):  # type: ignore[no-untyped-def]
    """Whether a rule holds on some token of the window [begin, end), from what is in the window."""
    # What stands before a token of the window is not its last, what stands after one is not its first.
    first = begin + 1 if kind in (2, 3) else begin
    last = end - 1 if kind in (1, _CONTEXT) else end
    for flat in range(first, last):
        for token in chosen:
            if token == tokens[flat]:
                return True
    return False


@compiled
def _detection(kind, chosen, tokens, begin, end, least):  # type: ignore[no-untyped-def]
    """Balanced accuracy of a rule on held-out contexts [begin, end) [2·C]: the firing ones, then the silent ones."""
    said, n = np.zeros(2, np.int64), np.zeros(2, np.int64)
    for c in range(len(begin)):
        if end[c] > begin[c]:
            silent = 2 * c // len(begin)
            n[silent] += 1
            if _holds(kind, chosen, tokens, begin[c], end[c]):
                said[silent] += 1
    if n.min() < least:
        return np.nan
    return 0.5 * (said[0] / n[0] + 1 - said[1] / n[1])


@compiled
def candidates(  # type: ignore[no-untyped-def]
    starts, rows, streams, held_out_R, base, around, n, window, where, contexts, least, sets, scores
):
    """Rules and their scores for every latent of a range: see `rules.Labeller.candidates`."""
    flat_R, T, tokens, special, document, back = where
    none = base.shape[1] - 1
    for i in range(len(starts) - 1):
        own = rows[starts[i] : starts[i + 1]]
        made = own[~held_out_R[own]]
        fired = len(made)
        if fired == 0:
            sets[i] = -1
            continue
        for kind in range(3):
            _choose_set(streams[kind][made], base[kind], fired, n, window, none, sets[i, kind])
        sets[i, _CONTEXT, 0] = _choose_context(made, around, n, window, where)
        for kind in range(sets.shape[1]):
            stream = min(kind, 2)
            hits, predicted = 0, 0
            for token in sets[i, kind]:
                if token >= 0:
                    predicted += around[token] if kind == _CONTEXT else base[stream, token]
            for m in range(fired):
                hit = False
                if kind == _CONTEXT:
                    for flat in range(_back(flat_R[made[m]], T, special, document, back), flat_R[made[m]]):
                        hit = hit or tokens[flat] == sets[i, kind, 0]
                else:
                    for token in sets[i, kind]:
                        hit = hit or (token >= 0 and streams[stream, made[m]] == token)
                if hit:
                    hits += 1
            at_once = window / back if kind == _CONTEXT else window
            scores[i, kind, 0] = _score(hits, fired, predicted, n, at_once)
            scores[i, kind, 1] = _detection(kind, sets[i, kind], tokens, contexts[0][i], contexts[1][i], least)
