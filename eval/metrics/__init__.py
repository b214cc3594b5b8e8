"""The metrics, one function each, over plain values: texts, spans, ranks, probabilities."""
