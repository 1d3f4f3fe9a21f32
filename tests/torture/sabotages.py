"""One-line faults that somebody might make, each with the tests that have to notice it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Sabotage:
    """A text in a file that stands there once, what it becomes, and where it has to be noticed."""

    what: str
    file: str
    before: str
    after: str
    tests: str


def _fault(what: str, file: str, before: str, after: str, tests: str) -> Sabotage:
    return Sabotage(what, file, before, after, tests)


SABOTAGES = (
    # what is saved
    _fault("the journal is not flushed", "bot/db/database.py", "synchronous=FULL", "synchronous=OFF",
           "tests/db/test_database.py"),
    _fault("deleted rows stay readable", "bot/db/database.py", "secure_delete=ON", "secure_delete=OFF",
           "tests/db/test_database.py"),
    _fault("everybody can read the database", "bot/db/sqlite_file.py", "os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600",
           "os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644", "tests/db/test_database.py"),
    _fault("a repeat of a request acts again", "bot/db/records/idempotency.py", "if before is not None:",
           "if before is None and False:", "tests/bot/labelling/test_labelling.py tests/bot/team"),
    _fault("an answer is kept in no transaction", "bot/db/records/idempotency.py",
           "    await records.put(request, answer)\n    return answer", "    return answer",
           "tests/bot/labelling/test_labelling.py tests/bot/team"),
    _fault("a step that fails keeps what it wrote", "bot/db/transactions.py",
           'await group.connection.exec_driver_sql("ROLLBACK TO step")', "pass",
           "tests/db/test_grouped_transactions.py"),
    _fault("a group that is lost is called kept", "bot/db/transactions.py",
           "            group.lose(error)\n            raise\n        group.kept",
           "            pass\n        group.kept",
           "tests/db/test_grouped_transactions.py"),
    _fault("a COMMIT that failed is found after a restart", "bot/db/sqlite_driver.py",
           "            _take_back(connection)\n", "            pass\n", "tests/db/test_failed_flush.py"),
    _fault("old names come back", "bot/labelling/repositories/steps.py", "return AnnotationState(spans, then.finished)",
           "return AnnotationState(then.spans, then.finished)", "tests/db/test_undo.py"),
    _fault("undo of a skip skips", "bot/labelling/sentences.py", "await Queue(tx).unskip(",
           "await Queue(tx).skip(", "tests/db/test_undo.py"),
    _fault("undo of a second flag loses the first", "bot/labelling/sentences.py",
           "step.kind is StepKind.FLAGGED and step.replaced is None", "step.kind is StepKind.FLAGGED",
           "tests/db/test_undo.py"),
    # borders
    _fault("rows of every workspace are found", "bot/db/repository.py",
           'mine: ColumnElement[bool] = table.c.workspace == _PLACE["workspace"]',
           'mine: ColumnElement[bool] = table.c.workspace == table.c.workspace', "tests/db/test_workspaces.py"),
    _fault("rows of every project are found", "bot/db/repository.py",
           'return and_(here(table), table.c.project_id == _PLACE["project_id"])', "return here(table)",
           "tests/db/test_projects_apart.py"),
    _fault("a pending action answers to anybody", "bot/db/records/pending_actions.py",
           '    offer.c.person == bindparam("of_person"),', "    offer.c.person == offer.c.person,",
           "tests/db/repositories/test_requests.py"),
    _fault("a pending action is answered for ever", "bot/db/records/pending_actions.py",
           "after = self.clock() - LIFETIME", "after = self.clock() - 100 * LIFETIME",
           "tests/db/repositories/test_requests.py"),
    _fault("a yes counts for ever", "bot/db/records/confirmations.py", "LIFETIME = timedelta(minutes=10)",
           "LIFETIME = timedelta(days=10)", "tests/db/repositories/test_team.py"),
    _fault("a labeller may do what an owner may", "bot/domain/roles.py",
           "return ranks.index(self) >= ranks.index(needed)", "return ranks.index(self) <= ranks.index(needed) or True",
           "tests/bot/team"),
    # the way in
    _fault("a signature is not compared", "bot/slack/http_server.py",
           'return hmac.compare_digest(f"v0={expected}", signature)', "return bool(expected)",
           "tests/bot/slack/test_http_server.py"),
    _fault("a request of last week is taken", "bot/slack/http_server.py", "> 300:", "> 3_000_000:",
           "tests/bot/slack/test_http_server.py"),
    _fault("a copy of a request acts again", "bot/slack/http_server.py", "        if known is not None:",
           "        if known is not None and False:", "tests/bot/slack/test_http_server.py"),
    _fault("a body of any size is read", "bot/slack/http_server.py", "        if len(body) > MAX_BODY:",
           "        if len(body) > 100 * MAX_BODY:", "tests/bot/slack/test_http_server.py"),
    _fault("texts of any length are taken", "bot/slack/text_normalization.py", "    if len(text) > MAX_TEXT:",
           "    if len(text) > 10 * MAX_TEXT:", "tests/bot/slack/test_text_normalization.py"),
    _fault("runs of any length are taken", "bot/slack/text_normalization.py",
           "if longest_run(text) > MAX_RUN:", "if longest_run(text) > 9 * MAX_RUN:",
           "tests/bot/slack/test_text_normalization.py"),
    # the way out
    _fault("what people typed is markup", "bot/slack/text.py",
           'return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")', "return text",
           "tests/bot/slack/test_views.py"),
    _fault("progress is shown after the end", "bot/db/records/outbox.py",
           "if (new.generation, new.final) < (row.generation, row.final) or new.once:", "if new.once:",
           "tests/bot/slack/test_messenger.py"),
    _fault("a post is said twice", "bot/db/records/outbox.py",
           "(row.generation, row.final) or new.once:", "(row.generation, row.final):",
           "tests/bot/slack/test_messenger.py"),
    _fault("what Slack asked to wait for is not waited for", "bot/slack/outbox.py",
           "wait = max(self._backoff(sent.attempts), fault.after or 0.0)", "wait = self._backoff(sent.attempts)",
           "tests/bot/slack/test_messenger.py"),
    _fault("a fault that passes is a refusal", "bot/slack/outbox.py", "if fault.stays or (", "if True or (",
           "tests/bot/slack/test_messenger.py"),
    _fault("what is given up is tried for ever", "bot/slack/outbox.py",
           "gives_up = tries >= TRIES and sent.final", "gives_up = tries >= 100 * TRIES and sent.final",
           "tests/bot/slack/test_messenger.py"),
    _fault("two processes deliver one message", "bot/db/records/outbox_delivery.py",
           "            outbox.c.claimed_until.is_(None),", "            outbox.c.id.is_not(None),",
           "tests/bot/slack/test_messenger.py"),
    _fault("a fraction of a second asks for no wait", "bot/slack/faults.py", "seconds = float(found)",
           "seconds = float(int(found))", "tests/bot/slack/test_faults.py"),
    # trainings
    _fault("a worse model goes live", "ner_engine/results.py", "self.probability_better <= 0.1",
           "self.probability_better <= 0.5", "tests/bot/models/test_evaluation.py"),
    _fault("a cancelled run goes live", "bot/training/run_executor.py",
           '            if ended is None:\n                raise RunEnded(f"run {run.id}")',
           "            if ended is None:\n                return", "tests/bot/training/test_run_executor.py"),
    _fault("a run that lost its lease goes on", "bot/training/heartbeat.py", "loop.time() > deadline:",
           "loop.time() > deadline + 1e9:", "tests/bot/training/test_run_executor.py"),
    _fault("a failure is tried again with the same seed", "bot/training/service.py", "return last.seed + 1 if",
           "return last.seed if", "tests/bot/training/test_run_executor.py tests/bot/training/test_training.py"),
    _fault("an interrupted run is tried again and again", "bot/training/recovery.py", "ATTEMPTS = 3", "ATTEMPTS = 30",
           "tests/bot/training"),
    _fault("a diverged training is a model", "ner_engine/training/loop.py", "        if not math.isfinite(loss):",
           "        if False:", "tests/ner_engine/training"),
    _fault("a model's files are not flushed", "ner_engine/model_files/store.py",
           "        os.fsync(handle)", "        pass",
           "tests/ner_engine/model_files"),
    _fault("a button is faster than its answer", "bot/recognition/answer_writer.py",
           "            await written.wait()",
           "            pass", "tests/bot/recognition/test_answer_writer.py"),
    _fault("a model whose bytes changed is loaded", "ner_engine/model_files/store.py",
           "        if present[file] != manifest.files[file]:", "        if False:", "tests/ner_engine/model_files"),
    _fault("two at once move the live pointer", "bot/models/repositories/models.py",
           "                project.c.live_version.is_not_distinct_from(expected),", "",
           "tests/bot/models/test_service.py tests/db/repositories"),
    _fault("disputed sentences are learned", "bot/db/records/gold.py",
           "return tuple(found for found in gold if found.sentence.id not in disputed)", "return tuple(gold)",
           "tests/db/repositories/test_annotations.py tests/db/repositories/test_team.py"),
    _fault("a schedule fires twice from two processes", "bot/training/repositories/schedules.py",
           "                schedule.c.next_due == due,", "",
           "tests/bot/training/test_scheduling.py tests/db/repositories"),
    _fault("a digest is told twice from two processes", "bot/digests/repository.py",
           "                digest.c.next_due == told.next_due,", "",
           "tests/bot/training/test_scheduling.py tests/db/repositories"),
    _fault("one letter has two forms", "bot/slack/text_normalization.py",
           'unicodedata.normalize("NFC", visible)', "visible", "tests/bot/slack/test_text_normalization.py"),
    _fault("a control character is taken", "bot/slack/text_normalization.py",
           'return unicodedata.category(character) in {"Cc", "Cs"} and', 'return False and',
           "tests/bot/slack/test_text_normalization.py"),
    _fault("an empty text is a sentence", "bot/slack/text_normalization.py",
           "    if not text:\n        raise TextRefused",
           "    if False:\n        raise TextRefused", "tests/bot/slack/test_text_normalization.py"),
    _fault("half a word can be suggested", "bot/labelling/suggestions.py",
           "if span.start in starts and span.end in ends", "if span.start in starts",
           "tests/bot/labelling/test_on_borders.py"),
)  # fmt: skip
