"""What is evaluated: engines that answer, what they give, and asking them with patience."""

from eval.engines.engine import ENGINES, Engine, EngineName, Footnote, Setup, Verifying, setup

__all__ = ["ENGINES", "Engine", "EngineName", "Footnote", "Setup", "Verifying", "setup"]
