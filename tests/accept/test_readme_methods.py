"""The README's commands for XAMPLER, MPT and RoSPrompt, as a newcomer would type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.needs import needs
from tests.unit.test_docs import blocks, carry_out

pytestmark = [pytest.mark.slow, needs("torch", "transformers", "sentence_transformers")]


def test_the_readmes_commands_of_the_methods_run(tmp_path: Path) -> None:
    lines = blocks("methods")
    runs = [line.split()[2] for line in lines if line.startswith("ssp run")]
    assert runs == ["mpt", "rosprompt", "xampler"]
    carry_out(lines, tmp_path)
    assert list((tmp_path / "workspace" / "models" / "prompts").glob("*.safetensors"))
