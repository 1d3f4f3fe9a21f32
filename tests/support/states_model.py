"""What people did, in plain dicts: what the database is compared with."""

from collections import Counter
from dataclasses import dataclass, field

from bot.domain.project import ProjectCounts

Mark = tuple[int, int, int]
"""Start, end and the number of a label, which stays when the label is renamed."""
State = tuple[frozenset[Mark], bool]
"""The marks, and whether they are all there are."""
Named = tuple[tuple[int, int, str], ...]
NOTHING: State = (frozenset(), False)


@dataclass
class Step:
    """What a person did to a sentence: what stood before, what after."""

    kind: str
    sentence: int
    before: State
    after: State
    made: frozenset[str] = frozenset()
    """Labels that it created."""
    added: bool = False
    """Whether the sentence was stored with it."""


@dataclass
class ProjectModel:
    """One project: sentences by their ids, labels by their numbers."""

    wanted: int = 1
    texts: dict[int, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    """The names of those that are there."""
    merged: dict[int, int] = field(default_factory=dict)
    stands: dict[tuple[int, str], State] = field(default_factory=dict)
    steps: dict[str, list[Step]] = field(default_factory=dict)
    skips: set[tuple[int, str]] = field(default_factory=set)
    flags: set[tuple[int, str]] = field(default_factory=set)
    decided: dict[int, frozenset[Mark]] = field(default_factory=dict)
    events: Counter[int] = field(default_factory=Counter)
    """Steps and undos of all people, for each sentence."""
    gone: dict[int, str] = field(default_factory=dict)
    """Labels that went with the step that made them, under their last names."""
    _labels: int = 0

    # labels

    def label(self, name: str) -> int:
        """The number of a label, new where it is new."""
        for number, known in (*self.labels.items(), *self.gone.items()):
            if known == name:
                self.labels[number] = name
                self.gone.pop(number, None)
                return number
        self._labels += 1
        self.labels[self._labels] = name
        return self._labels

    def rename(self, old: str, new: str) -> None:
        number = self.label(old)
        for each in [each for each, name in self.gone.items() if name == new]:
            # From now on the name stands for this label.
            self.merged[each] = number
            del self.gone[each]
        self.labels[number] = new

    def merge(self, old: str, new: str) -> None:
        gone = self.label(old)
        self.merged[gone] = self.label(new)
        del self.labels[gone]

    def name(self, number: int) -> str:
        while number in self.merged:
            number = self.merged[number]
        return self.labels[number] if number in self.labels else self.gone[number]

    def named(self, marks: frozenset[Mark]) -> Named:
        """The marks under the names their labels have now."""
        return tuple(sorted((start, end, self.name(number)) for start, end, number in marks))

    # steps

    def of(self, sentence: int, person: str) -> State:
        return self.stands.get((sentence, person), NOTHING)

    def does(self, person: str, kind: str, sentence: int, after: State) -> Step:
        """A step that is always one."""
        before = self.of(sentence, person)
        self.events[sentence] += 1
        step = Step(kind, sentence, before, after)
        self.steps.setdefault(person, []).append(step)
        if after != before:
            self.stands[sentence, person] = after
        return step

    def brings(
        self,
        person: str,
        kind: str,
        sentence: int,
        after: State,
        *,
        made: frozenset[str] = frozenset(),
        added: bool = False,
    ) -> None:
        """A step only where it changes something, under whatever name."""
        marks, finished = self.of(sentence, person)
        if (self.named(marks), finished) != (self.named(after[0]), after[1]):
            step = self.does(person, kind, sentence, after)
            step.made, step.added = made, added

    def undo(self, person: str, sentence: int | None = None) -> Step | None:
        """Take the person's last step back; it."""
        steps = self.steps.get(person, [])
        found = [step for step in steps if sentence in {None, step.sentence}]
        if not found:
            return None
        last = found[-1]
        steps.remove(last) if steps[-1] is not last else steps.pop()
        self.events[last.sentence] += 1
        twice = any((step.kind, step.sentence) == (last.kind, last.sentence) for step in steps)
        if last.kind == "skipped" and not twice:
            self.skips.discard((last.sentence, person))
        if last.kind == "flagged" and not twice:
            self.flags.discard((last.sentence, person))
        if last.before != last.after:
            self.stands[last.sentence, person] = last.before
        for _, _, number in last.before[0]:
            self.label(self.name(number))
        self._take_back_labels(last.made)
        if last.added and last.before == NOTHING and not self._has_others(last.sentence, person):
            self._remove(last.sentence)
        return last

    def _take_back_labels(self, made: frozenset[str]) -> None:
        """What a step made goes with it, unless something carries it."""
        everywhere = [*(marks for marks, _ in self.stands.values()), *self.decided.values()]
        carried = {self.name(number) for marks in everywhere for _, _, number in marks}
        for number, name in list(self.labels.items()):
            if name in made - carried:
                self.gone[number] = self.labels.pop(number)

    def _has_others(self, sentence: int, person: str) -> bool:
        """Whether anybody else has labelled, skipped or flagged a sentence."""
        places = (*self.stands, *self.skips, *self.flags)
        return any(where == sentence and who != person for where, who in places)

    def _remove(self, sentence: int) -> None:
        """A sentence goes with all that was done with it."""
        del self.texts[sentence], self.events[sentence]
        self.stands = {key: state for key, state in self.stands.items() if key[0] != sentence}
        for steps in self.steps.values():
            steps[:] = [step for step in steps if step.sentence != sentence]

    # what it comes to

    def finishers(self, sentence: int) -> list[Named]:
        """How each person who finished a sentence labelled it."""
        return [
            self.named(marks)
            for (where, _), (marks, finished) in self.stands.items()
            if finished and where == sentence
        ]

    def answered(self, sentence: int, person: str) -> bool:
        here = (sentence, person)
        return self.of(*here)[1] or here in self.skips or here in self.flags

    def waits(self, sentence: int) -> bool:
        return len(self.finishers(sentence)) < self.wanted

    def waiting(self, person: str) -> int:
        """Sentences that can still come to this person."""
        return sum(self.waits(each) and not self.answered(each, person) for each in self.texts)

    def disputed(self) -> list[int]:
        return [
            each
            for each in sorted(self.texts)
            if each not in self.decided and len(set(self.finishers(each))) > 1
        ]

    def gold(self) -> dict[int, Named]:
        """What training uses."""
        gold = {}
        for each in self.texts:
            versions = set(self.finishers(each))
            if versions and each in self.decided:
                gold[each] = self.named(self.decided[each])
            elif len(versions) == 1:
                gold[each] = versions.pop()
        return gold

    def counts(self) -> ProjectCounts:
        begun = {
            each
            for (each, _), (marks, finished) in self.stands.items()
            if marks and not finished and not self.finishers(each)
        }
        times: dict[str, int] = {}
        for spans in self.gold().values():
            for _, _, name in spans:
                times[name] = times.get(name, 0) + 1
        return ProjectCounts(
            sentences=len(self.texts),
            finished=len(self.gold()),
            unfinished=len(begun),
            disputed=len(self.disputed()),
            spans_per_label=tuple(sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))),
        )
