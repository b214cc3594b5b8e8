"""Public benchmarks, read from a folder that the user names, in the formats of their authors."""

from eval.benchmarks.catalogue import BENCHMARKS, read_set
from eval.benchmarks.figures import Figures, figures_text
from eval.benchmarks.page import write_benchmark_page
from eval.benchmarks.running import Terms, benchmark
from eval.benchmarks.sets import TASKS, Claim, Passage, Question, Set

__all__ = ["BENCHMARKS", "TASKS", "Claim", "Figures", "Passage", "Question", "Set", "Terms",
           "benchmark", "figures_text", "read_set", "write_benchmark_page"]  # fmt: skip
