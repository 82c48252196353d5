"""The counting behind the rules of `rules`, compiled by numba. Parts: 0 makes the rules, 1 scores them."""

from __future__ import annotations

import numpy as np

from microtome.latents.compiled import mix
from microtome.latents.compiling import compiled

# Firings whose context is looked at when a token for it is chosen.
_SAMPLE = 256
_CONTEXT = 4


@compiled
def held_out(block, seed, of):  # type: ignore[no-untyped-def]
    """For the block of each row whether it is one in `of`, by a hash."""
    out = np.empty(len(block), np.bool_)
    for row in range(len(block)):
        out[row] = mix(np.uint64(block[row]) + mix(np.uint64(seed))) % np.uint64(of) == np.uint64(0)
    return out


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
    """For each part and token on how many rows it is among the `back` tokens before: `out` [2, V + 1]."""
    last_seen = np.full(out.shape[1], -1, np.int64)
    for row in range(len(flat_R)):
        part = 1 if held_out_R[row] else 0
        for flat in range(_back(flat_R[row], T, special, document, back), flat_R[row]):
            if last_seen[tokens[flat]] != row:
                last_seen[tokens[flat]] = row
                out[part, tokens[flat]] += 1


@compiled
def _score(hits, fired, predicted, n):  # type: ignore[no-untyped-def]
    """Balanced accuracy of a rule that predicts `predicted` of n tokens, `hits` of the `fired` ones among them."""
    if fired == 0 or fired == n:
        return np.nan
    return 0.5 * (hits / fired + 1 - (predicted - hits) / (n - fired))


@compiled
def _choose_set(keys, base, fired, n, none, out):  # type: ignore[no-untyped-def]
    """Into `out` the tokens that add most to balanced accuracy, of those that add anything; the rest is -1."""
    found = np.sort(keys)
    gains = np.zeros(len(out))
    held, at = 0, 0
    while at < len(found):
        end = at
        while end < len(found) and found[end] == found[at]:
            end += 1
        both = end - at
        gain = both / fired - (base[found[at]] - both) / max(n - fired, 1)
        if found[at] != none and gain > 0 and (held < len(out) or gain > gains[held - 1]):
            place = held if held < len(out) else held - 1
            while place > 0 and gains[place - 1] < gain:
                gains[place], out[place] = gains[place - 1], out[place - 1]
                place -= 1
            gains[place], out[place] = gain, found[at]
            held = min(held + 1, len(out))
        at = end


@compiled
def _choose_context(rows, around, n, where):  # type: ignore[no-untyped-def]
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
        gain = (end - at) / len(picked) - around[found[at]] / n
        if gain > best:
            best, token = gain, found[at]
        at = end
    return token


@compiled
def candidates(  # type: ignore[no-untyped-def]
    starts, rows, streams, held_out_R, base, around, n, where, least, sets, scores
):
    """Rules and their scores for every latent of a range: see `rules.Labeller.candidates`."""
    flat_R, T, tokens, special, document, back = where
    none = base.shape[2] - 1
    for i in range(len(starts) - 1):
        own = rows[starts[i] : starts[i + 1]]
        unseen = held_out_R[own]
        made = own[~unseen]
        fired = np.array([len(made), len(own) - len(made)])
        if fired[0] == 0:
            sets[i] = -1
            continue
        for kind in range(3):
            _choose_set(streams[kind][made], base[0, kind], fired[0], n[0], none, sets[i, kind])
        sets[i, _CONTEXT, 0] = _choose_context(made, around[0], n[0], where)
        for kind in range(sets.shape[1]):
            stream = min(kind, 2)
            hits, predicted = np.zeros(2, np.int64), np.zeros(2, np.int64)
            for token in sets[i, kind]:
                if token >= 0:
                    for part in range(2):
                        predicted[part] += around[part, token] if kind == _CONTEXT else base[part, stream, token]
            for m in range(len(own)):
                hit = False
                if kind == _CONTEXT:
                    for flat in range(_back(flat_R[own[m]], T, special, document, back), flat_R[own[m]]):
                        hit = hit or tokens[flat] == sets[i, kind, 0]
                else:
                    for token in sets[i, kind]:
                        hit = hit or (token >= 0 and streams[stream, own[m]] == token)
                if hit:
                    hits[1 if unseen[m] else 0] += 1
            scores[i, kind, 0] = _score(hits[0], fired[0], predicted[0], n[0])
            if fired[1] >= least:
                scores[i, kind, 1] = _score(hits[1], fired[1], predicted[1], n[1])
