"""Made-up items for the labeller, as the page would send them: every task, every script, everything odd."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from core import tagsets
from core.tasks import tasks
from core.types import Dataset, TaskName

Item = dict[str, Any]
Scene = dict[str, Any]
HOSTILE = (
    "<script>window.pwned=1</script>", "<img src=https://evil.example/x.png onerror=window.pwned=1>",
    "![x](https://evil.example/y.png)", "[a](javascript:window.pwned=1)", "&amp;", "a\u202eb\u202c", "\u200b",
    " ", "=1+1",
)  # fmt: skip
ARABIC = ("اَلْكِتَابُ", "عَلَى", "الطَّاوِلَةِ", "و", "القلم", "في", "الحقيبة", ".")
ETHIOPIC = ("አበበ", "በሶ", "በላ", "፤", "ጫልቱ", "ጩቤ", "ጨበጠች", "።")
MARKS = ("e\u0301\u0323", "\u0301", "ŋ̀", "ɔ̃̀", "ŵ́", "क्षि", "n\u0303o", "👩‍🌾", "q̃")
FAROESE = ("Hon", "syngur", "ein", "gamlan", "sang", "um", "havið", "og", "vindin", ".")
TAGS = ("PRON", "VERB", "DET", "ADJ", "NOUN", "ADP", "NOUN", "CCONJ", "PROPN", "PUNCT")
SURE = (0.97, 0.91, 0.62, 0.88, 0.95, 0.99, 0.43, 0.98, 0.51, 0.99)


def labels(task: TaskName, names: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The labels of a task as the component wants them, with the catalog's keys and guidelines."""
    dataset = Dataset("d", "d", "fao", task, tuple(names or tasks[task].labels))
    examples = [["Hon", "syngur", "ein sang"], ["Tey", "lesa", "bókina ."]]
    return [
        {"n": info.label, "k": info.key, "c": info.color, "d": info.description, "x": examples}
        for info in tagsets.of(dataset)
    ]


def token(form: str, label: str, sure: float | None = None, other: str = "", **more: Any) -> Item:
    """One word; `other` is what the model would say next."""
    suggestions = [[label, sure], [other, round((1 - (sure or 0)) * 0.7, 2)]] if other and sure else []
    return {"f": form, "l": label, "c": sure, "s": suggestions, "h": False, **more}


def sentence(at: int, tokens: Sequence[Item], **more: Any) -> Item:
    return {
        "id": at, "version": 0, "tv": 0, "tokens": list(tokens), "item": None, "texts": [],
        "translations": [], "transliteration": "", "why": "", "flag": False, "comments": [],
        "head": f"s-{at}", **more,
    }  # fmt: skip


def whole(at: int, texts: Sequence[tuple[str, str]], label: str, sure: float | None, **more: Any) -> Item:
    said = {"l": label, "c": sure, "s": [[label, sure]] if sure else [], "h": False, "o": []}
    return sentence(at, [], texts=[{"n": n, "t": t} for n, t in texts], item={**said, **more})


def scene(task: TaskName, items: Sequence[Item], **more: Any) -> Scene:
    return {
        "task": task,
        "labels": labels(task),
        "items": list(items),
        "dir": "",
        "of": "unsure first",
        **more,
    }


def faroese(at: int, **more: Any) -> Item:
    elsewhere = {"n": 17, "e": [["NOUN", 12], ["PROPN", 4], ["ADJ", 1]]}
    others = {"o": [["Stage II", "NOUN"], ["Run 7f3a", "ADJ"]]}
    rows = zip(FAROESE, TAGS, SURE, strict=True)
    tokens = [
        token(f, tag, sure, "ADJ" if tag != "ADJ" else "NOUN", **elsewhere, **others) for f, tag, sure in rows
    ]
    english = {"code": "en", "name": "English", "text": "She sings an old song about the sea and the wind."}
    told = {"why": "3 words below 0.8; an exemplar of 37 prompts", "translations": [english]}
    return sentence(at, tokens, **told, **more)


def glossed(at: int) -> Item:
    words = zip(ETHIOPIC, ("abäbä", "bässo", "bälla", ";", "č̣altu", "č̣ube", "č̣äbbäṭäčč", "."), strict=True)
    tokens = [
        token(f, "NOUN", 0.6, "VERB", r=r, g="gloss" if n % 2 else "") for n, (f, r) in enumerate(words)
    ]
    return sentence(at, tokens, transliteration="abäbä bässo bälla; č̣altu č̣ube č̣äbbäṭäčč.")


def long(at: int, words: int = 200) -> Item:
    dice = random.Random(at)
    forms = [dice.choice((*FAROESE, "havsbotnur", "tjóðskaparrørslan")) for _ in range(words)]
    return sentence(
        at, [token(f, dice.choice(TAGS), round(dice.random(), 2), "X", n=3, e=[["NOUN", 3]]) for f in forms]
    )


def spans(at: int) -> Item:
    rows = [("Amina", "B-PER"), ("Yusuf", "I-PER"), ("ta", "O"), ("tafi", "O"), ("Kano", "I-LOC"),
            ("ran", "B-DATE"), ("Litinin", "I-DATE"), ("da", "O"), ("safe", "O"), (".", "O")]  # fmt: skip
    return sentence(at, [token(f, tag, 0.6 if tag != "O" else 0.95, "B-ORG") for f, tag in rows])


def judged(at: int) -> Item:
    said = [("PRON", "PRON"), ("VERB", "AUX"), ("DET", "NUM"), ("ADJ", "ADJ"), ("NOUN", "VERB")]
    rows = zip(FAROESE, said, strict=False)
    tokens = [
        token(f, a if a == b else "", None, o=[["Anna", a], ["Ben", b], ["Cara", b]]) for f, (a, b) in rows
    ]
    return sentence(at, tokens, comments=[["Ben", "yesterday", "AUX? See <b>guideline</b> 4."]])


def odd() -> Item:
    tokens = [token(f, "X", 0.4, "SYM", g=f, o=[[f, f]]) for f in HOSTILE]
    english = {"code": "en", "name": HOSTILE[0], "text": HOSTILE[1]}
    comment = [HOSTILE[1], "", HOSTILE[0]]
    return sentence(0, tokens, why=HOSTILE[0], head=HOSTILE[1], comments=[comment], translations=[english])


PAIR = (("Premise", "Jupaxa markaruwa sari."), ("Hypothesis", "Jupaxa utankiwa."))
DOCUMENT = "Ta sanarwar ta ce an bude sabuwar kasuwa a birnin. " * 40


def scenes() -> dict[str, Scene]:
    """Scenes by name, thirty items or so where a test types on."""
    empty = [{**token(f, "", None)} for f in FAROESE]
    others = [["Run 7f3a", "neutral"], ["Anna", "contradiction"]]
    return {
        "pos": scene("pos", [faroese(at) for at in range(40)]),
        "blind": scene(
            "pos", [sentence(at, empty, why="random audit sample") for at in range(3)], blind=True
        ),
        "judged": scene("pos", [judged(at) for at in range(3)], adjudicate=True),
        "readonly": scene("pos", [faroese(at) for at in range(3)], readonly=True),
        "ner": scene("ner", [spans(at) for at in range(6)]),
        "nli": scene("nli", [whole(at, PAIR, "neutral", 0.55, o=others) for at in range(20)]),
        "topic": scene(
            "topic",
            [whole(at, (("", DOCUMENT),), "business", 0.7) for at in range(3)],
            labels=labels("topic", ("business", "politics", "sports", "health")),
        ),
        "arabic": scene(
            "pos",
            [
                sentence(0, [token(f, "NOUN", 0.6, "ADJ") for f in ARABIC]),
                sentence(1, [token(f, "NOUN", 0.9) for f in ARABIC]),
            ],
        ),
        "ethiopic": scene("pos", [glossed(0)]),
        "marks": scene("pos", [sentence(0, [token(f, "NOUN", 0.6, "X") for f in MARKS])]),
        "long": scene("pos", [long(at) for at in range(30)]),
        "hostile": scene("pos", [odd()]),
        "odd": scene("pos", [odd()]),
        "contested": scene(
            "pos", [faroese(at, **({"head": "contested"} if at < 2 else {})) for at in range(4)]
        ),
        "quick": scene("pos", [faroese(at) for at in range(30)]),
        "killed": scene("pos", [faroese(at) for at in range(40)]),
        "tokens": scene("pos", [faroese(at) for at in range(4)]),
        "notes": scene("pos", [faroese(at) for at in range(4)]),
        "repeat": scene("pos", [faroese(at) for at in range(12)]),
        "many": scene(
            "topic",
            [whole(0, (("", "Text."),), "t1", 0.5)],
            labels=labels("topic", [f"t{n}" for n in range(60)]),
        ),
    }
