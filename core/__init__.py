"""SSP Studio: self-supervised prompting for languages without labelled data (the engine)."""

__version__ = "0.1.0"
