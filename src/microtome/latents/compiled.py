"""What is counted for each latent from its own firings, compiled by numba.

A *row* is a token that is not special, in the order of the text; `flat_R` is its place in the blocks laid end to end
([N·T], `T` tokens each). The firings of latent `low + i` are entries `starts[i]:starts[i + 1]` of (`rows`, `values`),
by ascending row. Every loop runs over one latent at a time, so threads can share the latents and the results are the
same for any number of them.

Reservoirs draw by a hash and never by a generator: the priority of a candidate is `mix(key + mix(latent + seed))`,
`key` the hash of the token ids of its window, and the smallest priorities stay. So the choice does not depend on what
was read before, and equal windows have equal priorities.
"""

from __future__ import annotations

import math

import numpy as np

from microtome.latents.compiling import compiled

#: Eighths of octaves of a histogram: bin b holds values from 2^((b - ZERO_BIN) / PER_OCTAVE). Codes with a threshold
#: span few octaves, so wider bins would show a bar or two.
PER_OCTAVE = 8
BINS, ZERO_BIN = 64 * PER_OCTAVE, 32 * PER_OCTAVE
# frexp gives mantissas in [0.5, 1): where in there each bin of an octave begins.
_BEGINS = 2.0 ** (np.arange(PER_OCTAVE) / PER_OCTAVE - 1)
NONE = -1


@compiled
def bin_of(value):  # type: ignore[no-untyped-def]
    """The bin of a value above 0, by its bits: no rounding decides."""
    mantissa, exponent = math.frexp(np.float64(value))
    found = PER_OCTAVE * (exponent - 1) + ZERO_BIN
    for step in range(1, PER_OCTAVE):
        if mantissa >= _BEGINS[step]:
            found += 1
    return min(max(found, 0), BINS - 1)


@compiled
def octave_of(value):  # type: ignore[no-untyped-def]
    """e with 2^e <= value < 2^(e+1)."""
    return math.frexp(np.float64(value))[1] - 1


@compiled
def mix(word):  # type: ignore[no-untyped-def]
    """The finaliser of splitmix64 (Steele et al. 2014)."""
    word = np.uint64(word) + np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


@compiled
def window_of(flat, T, before, after, special, document):  # type: ignore[no-untyped-def]
    """[begin, end) of the window around a place: in its block and document, cut at special tokens."""
    first, last = flat - flat % T, flat - flat % T + T
    begin, end = flat, flat + 1
    while begin > first and flat - begin < before and not special[begin - 1] and document[begin - 1] == document[flat]:
        begin -= 1
    while end < last and end - flat <= after and not special[end] and document[end] == document[flat]:
        end += 1
    return begin, end


@compiled
def key_of(tokens, begin, end):  # type: ignore[no-untyped-def]
    """A hash of the token ids of a window."""
    word = np.uint64(end - begin)
    for flat in range(begin, end):
        word = mix(word ^ np.uint64(tokens[flat]))
    return word


@compiled
def tally(starts, values, count, total, largest, histogram):  # type: ignore[no-untyped-def]
    """Firings, their sum, their maximum and their histogram, for every latent of the range."""
    for i in range(len(starts) - 1):
        count[i] = starts[i + 1] - starts[i]
        for n in range(starts[i], starts[i + 1]):
            value = values[n]
            total[i] += value
            largest[i] = max(largest[i], value)
            histogram[i, bin_of(value)] += 1


@compiled
def _peaks(rows, values, flat_R, T, peak_flat, peak_value):  # type: ignore[no-untyped-def]
    """The strongest place of each block in which one latent fires, the first of equals; returns how many."""
    n = 0
    block = -1
    for entry in range(len(rows)):
        flat = flat_R[rows[entry]]
        if flat // T != block:
            block = flat // T
            peak_flat[n], peak_value[n] = flat, values[entry]
            n += 1
        elif values[entry] > peak_value[n - 1]:
            peak_flat[n - 1], peak_value[n - 1] = flat, values[entry]
    return n


@compiled
def _best(order, keys, limit, out):  # type: ignore[no-untyped-def]
    """The first `limit` candidates of `order` with different keys; returns how many."""
    n = 0
    for c in order:
        new = True
        for m in range(n):
            if keys[out[m]] == keys[c]:
                new = False
                break
        if new:
            if n == limit:
                break
            out[n] = c
            n += 1
    return n


@compiled
def _offer(c, keys, priorities, peak_value, held, n_held):  # type: ignore[no-untyped-def]
    """Candidate c to one reservoir, kept by ascending priority; of equal windows the strongest stays."""
    for m in range(n_held):
        if keys[held[m]] == keys[c]:
            if peak_value[c] > peak_value[held[m]]:
                held[m] = c
            return n_held
    if n_held == len(held) and priorities[c] >= priorities[held[n_held - 1]]:
        return n_held
    at = n_held if n_held < len(held) else n_held - 1
    while at > 0 and priorities[held[at - 1]] > priorities[c]:
        held[at] = held[at - 1]
        at -= 1
    held[at] = c
    return min(n_held + 1, len(held))


@compiled
def _unseen(keys, priorities, is_held, peak_flat, peak_value, out_flat, out_value):  # type: ignore[no-untyped-def]
    """Held-out candidates in the order of their priorities, those whose windows differ from each other's and from those
    of all candidates that are not held out."""
    n, before = 0, NONE
    while n < len(out_flat):
        # The next by priority, which equal windows share: of those the first counts. Few are wanted of many, and numba
        # compiles a sort for seconds.
        c = NONE
        for m in range(len(keys)):
            later = before == NONE or priorities[m] > priorities[before]
            if is_held[m] and later and (c == NONE or priorities[m] < priorities[c]):
                c = m
        if c == NONE:
            return
        new, before = True, c
        for m in range(len(keys)):
            if keys[m] == keys[c] and not is_held[m]:
                new = False
                break
        if new:
            out_flat[n], out_value[n] = peak_flat[c], peak_value[c]
            n += 1


@compiled
def examples(  # type: ignore[no-untyped-def]
    low, starts, rows, values, flat_R, T, tokens, special, document, sizes, held_out_N, out_flat, out_value, unseen
):
    """Places and values of the examples of every latent: `sizes` = (top, bands, per_band, before, after, seed).

    Slots of `out_flat` [n, top + bands·per_band] are filled from the front of each part, the rest is `NONE`. `unseen` =
    (places, values) are for firing contexts from the blocks `held_out_N`, drawn as reservoirs are.
    """
    top, bands, per_band, before, after, seed = sizes
    chosen = np.empty(top, np.int64)
    held = np.empty((bands, per_band), np.int64)
    for i in range(len(starts) - 1):
        a, b = starts[i], starts[i + 1]
        if a == b:
            continue
        peak_flat, peak_value = np.empty(b - a, np.int64), np.empty(b - a, np.float32)
        n = _peaks(rows[a:b], values[a:b], flat_R, T, peak_flat, peak_value)
        keys, priorities, is_held = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.bool_)
        salt = mix(np.uint64(low + i) + np.uint64(seed))
        for c in range(n):
            begin, end = window_of(peak_flat[c], T, before, after, special, document)
            keys[c] = key_of(tokens, begin, end)
            priorities[c] = mix(keys[c] + salt)
            is_held[c] = held_out_N[peak_flat[c] // T]
        _unseen(keys, priorities, is_held, peak_flat, peak_value, unseen[0][i], unseen[1][i])
        # Stable, and blocks ascend: equals go to the earlier block.
        order = np.argsort(-peak_value[:n], kind="mergesort")
        n_top = _best(order, keys, top, chosen)
        for m in range(n_top):
            out_flat[i, m], out_value[i, m] = peak_flat[chosen[m]], peak_value[chosen[m]]
        highest = octave_of(peak_value[order[0]])
        n_held = np.zeros(bands, np.int64)
        for c in range(n):
            shown = False
            for m in range(n_top):
                shown = shown or keys[chosen[m]] == keys[c]
            if not shown and per_band > 0:
                band = min(highest - octave_of(peak_value[c]), bands - 1)
                n_held[band] = _offer(c, keys, priorities, peak_value, held[band], n_held[band])
        for band in range(bands):
            for m in range(n_held[band]):
                slot = top + band * per_band + m
                out_flat[i, slot] = peak_flat[held[band, m]]
                out_value[i, slot] = peak_value[held[band, m]]


@compiled
def near_misses(  # type: ignore[no-untyped-def]
    starts, flats, margins, fired_starts, fired_rows, flat_R, T, tokens, special, document, sizes, out_flat, out_margin
):
    """The contexts in which every latent came nearest to firing: `sizes` = (before, after).

    Of a block the nearest place counts, and a block in which the latent fires anywhere does not. Windows differ.
    """
    before, after = sizes
    limit = out_flat.shape[1]
    chosen = np.empty(limit, np.int64)
    for i in range(len(starts) - 1):
        a, b = starts[i], starts[i + 1]
        own = fired_rows[fired_starts[i] : fired_starts[i + 1]]
        place, margin = np.empty(b - a, np.int64), np.empty(b - a, np.float32)
        n, at, block, silent = 0, 0, -1, False
        for entry in range(a, b):
            if flats[entry] // T != block:
                block = flats[entry] // T
                while at < len(own) and flat_R[own[at]] // T < block:
                    at += 1
                silent = at == len(own) or flat_R[own[at]] // T > block
                if silent:
                    place[n], margin[n] = flats[entry], margins[entry]
                    n += 1
            elif silent and margins[entry] > margin[n - 1]:
                place[n - 1], margin[n - 1] = flats[entry], margins[entry]
        keys = np.empty(n, np.uint64)
        for c in range(n):
            begin, end = window_of(place[c], T, before, after, special, document)
            keys[c] = key_of(tokens, begin, end)
        n_best = _best(np.argsort(-margin[:n], kind="mergesort"), keys, limit, chosen)
        for m in range(n_best):
            out_flat[i, m], out_margin[i, m] = place[chosen[m]], margin[chosen[m]]


@compiled
def around(starts, rows, values, flat_R, begin, end, out):  # type: ignore[no-untyped-def]
    """The latent's values in the windows [begin, end) [n, S] of its examples, into `out` [n, S, W], which is 0."""
    for i in range(len(starts) - 1):
        own = rows[starts[i] : starts[i + 1]]
        for s in range(begin.shape[1]):
            if end[i, s] <= begin[i, s]:
                continue
            low, high = 0, len(own)
            while low < high:
                middle = (low + high) // 2
                if flat_R[own[middle]] < begin[i, s]:
                    low = middle + 1
                else:
                    high = middle
            while low < len(own) and flat_R[own[low]] < end[i, s]:
                out[i, s, flat_R[own[low]] - begin[i, s]] = values[starts[i] + low]
                low += 1


@compiled
def token_counts(starts, rows, token_R, out_token, out_count):  # type: ignore[no-untyped-def]
    """The tokens that every latent fires on most often, and how often; of equals the lower id. Rest: `NONE`."""
    limit = out_token.shape[1]
    for i in range(len(starts) - 1):
        found = np.sort(token_R[rows[starts[i] : starts[i + 1]]])
        n, at = 0, 0
        while at < len(found):
            end = at
            while end < len(found) and found[end] == found[at]:
                end += 1
            if n < limit or (limit > 0 and end - at > out_count[i, n - 1]):
                place = n if n < limit else n - 1
                while place > 0 and out_count[i, place - 1] < end - at:
                    out_count[i, place], out_token[i, place] = out_count[i, place - 1], out_token[i, place - 1]
                    place -= 1
                out_count[i, place], out_token[i, place] = end - at, found[at]
                n = min(n + 1, limit)
            at = end


@compiled
def coactive(low, starts, rows, every, offsets, latents, counts, out_latent, out_count, out_score):  # type: ignore[no-untyped-def]
    """The latents that fire most often together with each, by the Jaccard index of their sets of rows.

    Every `every`-th row is counted, and `counts` [F] are the firings on those. `offsets`, `latents`: the latents of
    each row. Ties go to the lower latent.
    """
    together = np.zeros(len(counts), np.int64)
    touched = np.empty(len(counts), np.int64)
    limit = out_latent.shape[1]
    for i in range(len(starts) - 1):
        n_touched = 0
        for entry in range(starts[i], starts[i + 1]):
            row = rows[entry]
            if row % every:
                continue
            for n in range(offsets[row], offsets[row + 1]):
                other = latents[n]
                if together[other] == 0:
                    touched[n_touched] = other
                    n_touched += 1
                together[other] += 1
        found = np.sort(touched[:n_touched])
        n = 0
        for other in found:
            both = together[other]
            together[other] = 0
            if other == low + i:
                continue
            score = both / (counts[low + i] + counts[other] - both)
            if n < limit or (limit > 0 and score > out_score[i, n - 1]):
                place = n if n < limit else n - 1
                while place > 0 and out_score[i, place - 1] < score:
                    out_score[i, place], out_latent[i, place] = out_score[i, place - 1], out_latent[i, place - 1]
                    out_count[i, place] = out_count[i, place - 1]
                    place -= 1
                out_score[i, place], out_latent[i, place], out_count[i, place] = score, other, both
                n = min(n + 1, limit)


@compiled
def by_latent(low, high, first_row, offsets, latents, values, place, rows, out_values):  # type: ignore[no-untyped-def]
    """Firings of latents [low, high) of some consecutive rows, put where `place` [high - low] says; that is moved."""
    for row in range(len(offsets) - 1):
        for n in range(offsets[row], offsets[row + 1]):
            f = latents[n]
            if low <= f < high:
                rows[place[f - low]] = first_row + row
                out_values[place[f - low]] = values[n]
                place[f - low] += 1


@compiled
def windows(place, T, before, after, special, document, begin, end):  # type: ignore[no-untyped-def]
    """The windows [begin, end) around all places that are not `NONE`."""
    for i in range(place.shape[0]):
        for s in range(place.shape[1]):
            if place[i, s] >= 0:
                begin[i, s], end[i, s] = window_of(place[i, s], T, before, after, special, document)
