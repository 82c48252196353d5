"""Which blocks are held out, and contexts of theirs in which a latent is silent, compiled by numba."""

from __future__ import annotations

import numpy as np

from microtome.latents.compiled import key_of, mix, window_of
from microtome.latents.compiling import compiled

# Windows are looked up by the hash of so many of their first tokens, or of all where they are shorter.
_PREFIX = 8


@compiled
def held_out(block, seed, of):  # type: ignore[no-untyped-def]
    """Of each block whether it is one in `of`, by a hash of its number."""
    out = np.empty(len(block), np.bool_)
    for n in range(len(block)):
        out[n] = mix(np.uint64(block[n]) + mix(np.uint64(seed))) % np.uint64(of) == np.uint64(0)
    return out


@compiled
def pool(held_out_N, flat_R, T, tokens, special, document, sizes):  # type: ignore[no-untyped-def]
    """Windows around random tokens of every held-out block, none of which overlap: (places, first row, the row after
    the last, keys of their tokens, hashes of the keys), [n] each; `sizes` = (before, after, seed).
    """
    before, after, seed = sizes
    salt = mix(np.uint64(seed))
    window = before + 1 + after
    most = np.sum(held_out_N) * (T // window + 1)
    place, first, last = np.empty((3, most), np.int64)
    keys, priorities = np.empty(most, np.uint64), np.empty(most, np.uint64)
    n, low = 0, 0
    for block in range(len(held_out_N)):
        high = low
        while high < len(flat_R) and flat_R[high] // T == block:
            high += 1
        if held_out_N[block] and high > low:
            # Hashed once more than for the choice of the block, whose remainder is known.
            word = mix(mix(np.uint64(block) + salt))
            row = low + np.int64(word % np.uint64(min(window, high - low)))
            while row < high:
                begin, end = window_of(flat_R[row], T, before, after, special, document)
                place[n], first[n], last[n] = flat_R[row], row - (flat_R[row] - begin), row + (end - flat_R[row])
                keys[n] = key_of(tokens, begin, end)
                priorities[n] = mix(keys[n] + salt)
                n += 1
                word = mix(word)
                row += window + np.int64(word % np.uint64(window))
        low = high
    return place[:n], first[:n], last[:n], keys[:n], priorities[:n]


@compiled
def seen(begin, end, held_out_N, T, tokens, special, document):  # type: ignore[no-untyped-def]
    """Of each window [begin, end) whether its tokens stand somewhere in a block that is not held out, in one document.

    Every place there is looked at, with its first tokens in a table of hashes of the windows' own.
    """
    n_slots = 1
    while n_slots < 4 * len(begin):
        n_slots *= 2
    head, following = np.full(n_slots, -1, np.int64), np.full(len(begin), -1, np.int64)
    out, prefixes = np.zeros(len(begin), np.bool_), np.empty(len(begin), np.uint64)
    for p in range(len(begin)):
        word = np.uint64(0)
        for flat in range(begin[p], min(begin[p] + _PREFIX, end[p])):
            word = mix(word ^ np.uint64(tokens[flat]))
        prefixes[p] = word
        slot = np.int64(word % np.uint64(n_slots))
        following[p], head[slot] = head[slot], p
    for block in range(len(held_out_N)):
        if held_out_N[block]:
            continue
        for flat in range(block * T, block * T + T):
            word, last = np.uint64(0), flat
            while last < min(flat + _PREFIX, block * T + T) and not special[last] and document[last] == document[flat]:
                word = mix(word ^ np.uint64(tokens[last]))
                last += 1
                p = head[np.int64(word % np.uint64(n_slots))]
                while p >= 0:
                    if prefixes[p] == word and not out[p]:
                        out[p] = _stands_at(flat, block * T + T, begin[p], end[p], tokens, special, document)
                    p = following[p]
    return out


@compiled
def _stands_at(flat, last, begin, end, tokens, special, document):  # type: ignore[no-untyped-def]
    """Whether the tokens of the window [begin, end) stand from `flat` on, before `last` and in one document."""
    if flat + end - begin > last:
        return False
    for step in range(end - begin):
        at = flat + step
        if tokens[at] != tokens[begin + step] or special[at] or document[at] != document[flat]:
            return False
    return True


@compiled
def silent(low, starts, rows, place_P, first_P, last_P, seed, out):  # type: ignore[no-untyped-def]
    """Into `out` [n, C] places of the pool in whose windows each latent is silent: the first from where a hash of the
    latent says. Latents that never fire get none."""
    n = len(place_P)
    for i in range(len(starts) - 1):
        own = rows[starts[i] : starts[i + 1]]
        if len(own) == 0 or n == 0:
            continue
        begin = np.int64(mix(mix(np.uint64(low + i) + np.uint64(seed))) % np.uint64(n))
        held = 0
        for step in range(n):
            p = (begin + step) % n
            nearest = np.searchsorted(own, first_P[p])
            if nearest == len(own) or own[nearest] >= last_P[p]:
                out[i, held] = place_P[p]
                held += 1
                if held == out.shape[1]:
                    break
