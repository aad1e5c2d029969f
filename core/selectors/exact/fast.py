"""The fast path: demands of presence, no limits. One block of queries at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.selectors.exact.answers import CERTIFICATE, SEARCH, Answers
from core.selectors.exact.decide import Contest, decide
from core.selectors.exact.dual import FAR, Shared, Single
from core.selectors.exact.finalists import Rest, gather, members, representatives
from core.selectors.exact.general import settle
from core.selectors.exact.masks import pack, unpack
from core.selectors.exact.narrow import Narrowed, guess, narrow
from core.selectors.exact.pool import Pool, lay_out, wanted
from core.selectors.exact.scores import Scores
from core.selectors.exact.screen import needless
from core.selectors.exact.top import Exact, best
from core.selectors.exact.wish import Wish
from core.selectors.problem import FloatArray, IntArray

if TYPE_CHECKING:
    from core.selectors.exact.engine import Effort


class Fast:
    """One wish of presence over one pool, ready for block after block of queries."""

    def __init__(self, scores: Scores, own: IntArray, wish: Wish, effort: Effort) -> None:
        labels = wanted(wish)
        carried = (wish.counts[:, labels] > 0) & np.isfinite(wish.worth)[:, None]
        self._sets, self._carriers = pack(carried), carried.sum(axis=0)
        if effort.screen:
            spread = scores.spread
            wish = replace(wish, worth=np.where(needless(wish, labels, spread), -np.inf, wish.worth))
        self._own, self._k, self._effort = own, wish.k, effort
        self._pool: Pool = lay_out(wish, scores.spread)
        self._scores = scores.arranged(self._pool.order)
        self._start: Single = guess(self._pool.loss, self._carriers, len(self._sets))
        self._rounding = scores.error + 2.0**-22 * float(np.abs(self._pool.worth).max(initial=0.0))

    def solve(self, rows: IntArray, answers: Answers, first: int) -> None:
        """Choose for the queries `rows`; their items go behind the first columns of `chosen`."""
        own = np.where(self._own[rows] >= 0, self._pool.place[self._own[rows]], -1)
        enough = len(self._pool.order) - (own >= 0) > self._k
        for place in np.flatnonzero(~enough):
            left = np.delete(self._pool.order, own[place]) if own[place] >= 0 else self._pool.order
            answers.chosen[rows[place], first : first + len(left)] = left
        rows, own = rows[enough], own[enough]
        if len(rows):
            self._solve(rows, own, answers, first)

    def _solve(self, rows: IntArray, own: IntArray, answers: Answers, first: int) -> None:
        pool = self._pool
        block = self._scores.block(rows)
        block += pool.worth.astype(block.dtype)
        here = np.flatnonzero(own >= 0)
        block[here, own[here]] = -np.inf
        exact = self._exact(rows, own)
        error = self._rounding if block.dtype == np.float32 else 0.0
        places = best(block, self._k, error, exact, pool.order)
        answers.chosen[rows, first:] = pool.order[places]
        answers.status[rows] = CERTIFICATE
        need = self._need(rows)
        left = np.flatnonzero(need & ~np.bitwise_or.reduce(pool.sets[places], axis=1))
        if len(left):
            loss = np.where(unpack(need[left], len(pool.loss)), pool.loss, 0.0)
            contest = self._contest(Rest(block, left, places[left], exact, error), need[left], loss)
            self._decide(contest, rows[left], answers, first)

    def _exact(self, rows: IntArray, own: IntArray) -> Exact:
        def exact(local: IntArray, places: IntArray) -> FloatArray:
            scores = self._scores.exact(rows[local], places) + self._pool.worth[places]
            return np.where(places == own[local], -np.inf, scores)

        return exact

    def _need(self, rows: IntArray) -> IntArray:
        """(R,) labels in demand that some other item carries."""
        own = self._own[rows]
        mine = unpack(np.where(own >= 0, self._sets[own], 0), len(self._carriers))
        return pack((self._carriers - mine) > 0)

    def _contest(self, rest: Rest, need: IntArray, loss: FloatArray) -> Contest:
        """What is left to decide, after the reduction of the candidates."""
        narrowed = self._narrow(rest, loss)
        outside = representatives(self._pool, rest, narrowed.kept[:, self._k :])
        found = gather(self._pool, members(rest, narrowed.kept[:, : self._k]), outside)
        prices = np.clip(narrowed.prices.astype(np.float64), 0.0, loss)
        return Contest(found, prices, loss, need, self._known(narrowed, loss))

    def _narrow(self, rest: Rest, loss: FloatArray) -> Narrowed:
        pool = self._pool
        rough = rest.set_aside()
        columns = np.hstack([rough, rest.highest(pool)]).astype(np.float32)
        field = Shared(
            np.maximum(columns, FAR),
            unpack(pool.sets[rest.places], len(pool.loss)).astype(np.float32),
            pool.table.astype(np.float32),
        )
        error = self._rounding + 2.0**-22 * (1.0 + self._scores.spread)
        errors = np.full(len(columns), error, dtype=np.float32)
        narrowed = narrow(field, loss.astype(np.float32), errors, self._start, self._k)
        self._start = narrowed.prices.mean(axis=0)
        return narrowed

    def _decide(self, contest: Contest, rows: IntArray, answers: Answers, first: int) -> None:
        """Search, and for what the search does not finish, the solver."""
        effort = self._effort
        chosen, nodes = decide(contest, self._k, effort.nodes)
        answers.chosen[rows, first:] = self._pool.order[chosen]
        answers.status[rows], answers.nodes[rows] = SEARCH, nodes
        for place in np.flatnonzero((chosen < 0).any(axis=1)).tolist():
            found, loss = contest.found.rows(place), contest.loss[place]
            settle(self._pool, found, loss, self._k, int(rows[place]), effort, answers, first)

    def _known(self, narrowed: Narrowed, loss: FloatArray) -> FloatArray:
        """(R,) a value that is surely reachable, whatever float32 made of it."""
        value = narrowed.value.astype(np.float64)
        size = np.abs(value) + loss.sum(axis=1) + np.abs(self._pool.worth).max(initial=0.0) * self._k
        return np.asarray(value - 2 * self._k * self._rounding - 2.0**-20 * (1.0 + size))
