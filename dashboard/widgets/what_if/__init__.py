"""What would be chosen under other settings: the settings, one sentence, the whole set, the proof."""
