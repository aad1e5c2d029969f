"""Any language can be named: by ISO 639-3, by a Glottolog code, or by its owner's description."""

from __future__ import annotations

from collections import Counter

import pytest

from core import catalog
from core.catalog.language_table import GLOTTOCODE
from core.errors import StudioError, UnknownName

ISO = """
aab aak abk ain ajg akk ale amr ang apm arc arh arp asa ase ave avu bak bal bbc bci bej bfi bft bis bla
bsk bxr byn cab ccp chk chm chr chv cjs cop cos cre crk csb ctd cuk dak dar del dng dsb dta dua egy eky
evn ewo ext fip frr fuc gaa gag gan gez ghc gil gld gmh goh grc gwi hak haw hbo hdn hit hmn hop hsb hyw
iba ike iku inh ipk ist izh jam jbo jct kaa kal kbd kca kdr ket khb kjh kld kok kpv krc krl ksh kum kut
lad lez liv lld lut lzz mah man mdf mez mfe mhr mic mnc mns moh mrj msb mwl nan nav ndo nds nio niu niv
nmn nog non nsk nsl ojb olo oss osu otk pau pcd pli pms pnb pon pro quc quz rap rar rmn roh rom rue rup
rut rwr sah sam scs sel sga sgs shs sjd sma sme smj smn sms srn stq swg syc tab tay tet tkl tkr tlh tli
tob tsz tuv tvl tyv ude udi udm uga ulc vep vot vro wbp wuu xal xcl xmf xno yaq ykg yol yrk yua yux zap
zea zgh zha zun zza
""".split()  # noqa: SIM905
"""A wide sample of codes that have no form of two letters and, most of them, no data here."""
NEWER = ("ajs", "lgo", "rsk", "tok", "uon", "wdt", "xhm", "zcd")


def test_codes_of_three_letters_are_known_and_named() -> None:
    found = {code: catalog.language(code) for code in ISO}
    assert all(spoken.code == code for code, spoken in found.items())
    assert all(spoken.name and "Unknown" not in spoken.name for spoken in found.values())
    assert len({spoken.name for spoken in found.values()}) == len(ISO) > 200
    assert len(found.keys() - catalog.languages().keys()) > 200


def test_codes_that_the_installed_tables_are_too_old_for() -> None:
    assert [catalog.language(code).code for code in NEWER] == list(NEWER)
    ruthenian, toki = catalog.language("rsk"), catalog.language("tok")
    assert (ruthenian.name, ruthenian.script) == ("Ruthenian", "Cyrl")
    assert (toki.name, toki.script, toki.direction) == ("Toki Pona", "Latn", "ltr")


@pytest.mark.parametrize("name", ["Arabic", "Persian", "Norwegian", "Latvian", "Fulah", "Pashto"])
def test_names_of_macrolanguages_are_known(name: str) -> None:
    found = catalog.language(name)
    assert catalog.scope(found.code) == "macrolanguage"
    assert len(catalog.related(found.code)) > 1


@pytest.mark.parametrize(
    ("glottocode", "code"),
    [
        ("faro1244", "fao"), ("Haus1257", "hau"), (" ship1254 ", "shp"), ("stan1295", "deu"),
        ("swis1247", "gsw"), ("stan1290", "fra"), ("nucl1417", "ibo"), ("yuec1235", "yue"),
    ],
)  # fmt: skip
def test_a_glottolog_code_names_its_language(glottocode: str, code: str) -> None:
    found = catalog.language(glottocode)
    assert (found.code, found.glottocode) == (code, glottocode.strip().lower())


def test_glottolog_codes_are_well_formed_and_used_once() -> None:
    codes = [spoken.glottocode for spoken in catalog.languages().values() if spoken.glottocode]
    assert len(codes) > 200
    assert all(GLOTTOCODE.fullmatch(code) for code in codes)
    assert Counter(codes).most_common(1)[0][1] == 1


def test_collective_codes_have_no_glottolog_code() -> None:
    assert not any(
        spoken.glottocode
        for spoken in catalog.languages().values()
        if catalog.scope(spoken.code) == "collective"
    )


def test_a_script_in_the_tag_keeps_the_glottolog_code() -> None:
    assert catalog.language("kas_Deva").glottocode == catalog.language("kas").glottocode == "kash1277"


@pytest.mark.parametrize("code", ["qad", "qtz", "qad-Arab", "x-hill", "zzzz9999", "X-Hill"])
def test_a_code_without_meaning_names_nothing_but_can_be_described(code: str) -> None:
    with pytest.raises(UnknownName, match="described"):
        catalog.language(code)


@pytest.mark.parametrize("code", ["qaa", "qtz", "x-hill", "x-hill-2", "X-HILL", "x-1", "abcd1234", " qab "])
def test_a_private_language_is_as_its_owner_says(code: str) -> None:
    found = catalog.private_language(code, name=" Hill Speech ", script="arab")
    assert found.code == code.strip().lower()
    assert (found.name, found.script, found.direction) == ("Hill Speech", "Arab", "rtl")
    assert found.glottocode == ("abcd1234" if code == "abcd1234" else "")


def test_the_owner_may_say_direction_and_glottolog_code() -> None:
    found = catalog.private_language("qaa", name="Hill", direction="rtl", glottocode="Faro1244")
    assert (found.script, found.direction, found.glottocode) == ("Latn", "rtl", "faro1244")
    assert catalog.private_language("qaa", name="Hill", script="Hebr", direction="ltr").direction == "ltr"


@pytest.mark.parametrize(
    ("code", "facts", "message"),
    [
        ("fao", {}, "cannot be the code"),
        ("qua", {}, "cannot be the code"),
        ("qaaa", {}, "cannot be the code"),
        ("x-", {}, "cannot be the code"),
        ("x-muchtoolong", {}, "cannot be the code"),
        ("x-a/b", {}, "cannot be the code"),
        ("x-\u0434", {}, "cannot be the code"),
        ("", {}, "cannot be the code"),
        ("qaa", {"name": " "}, "needs a name"),
        ("qaa", {"name": "a\nb"}, "needs a name"),
        ("qaa", {"name": "a" * 101}, "needs a name"),
        ("qaa", {"script": "Latin"}, "no script"),
        ("qaa", {"script": "Abcd"}, "no script"),
        ("qaa", {"script": ""}, "no script"),
        ("qaa", {"script": "\u0130abc"}, "no script"),
        ("qaa", {"direction": "up"}, "unknown direction"),
        ("qaa", {"direction": ""}, "unknown direction"),
        ("qaa", {"glottocode": "faro"}, "no Glottolog code"),
    ],
)
def test_descriptions_that_cannot_be_used(code: str, facts: dict[str, str], message: str) -> None:
    with pytest.raises(StudioError, match=message) as caught:
        catalog.private_language(code, **({"name": "Hill"} | facts))
    assert caught.value.hint
