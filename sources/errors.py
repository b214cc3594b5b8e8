"""The root of every error of ours. An error that descends from it is shown to the user as one
sentence, without a traceback; whatever does not is a bug and keeps its traceback.

    FootnoteError
    ├── SourcesError          a folder or file cannot be read          (sources/)
    │   ├── FolderError         the folder as a whole cannot be read
    │   └── UnreadableFile      one file cannot be read; the others go on
    ├── IndexingError         the index cannot be made, opened or used (index/)
    │   ├── WeightsError        model weights are missing, wrong or cannot be fetched
    │   │   └── SourceUnavailable one place that might hold them does not; the next is asked
    │   ├── StoreError          Chroma or SQLite refuses, or the disk is full
    │   │   └── DamagedError      its files are damaged; a sync makes them anew
    │   └── BusyError           another process is writing to this index
    ├── AnsweringError        a question cannot be answered at all     (qa/)
    │   ├── QuestionError       the question itself cannot be used
    │   ├── ModelError          the language model cannot be started or reached
    │   │   ├── TooSlow           nothing comes of it, or no end
    │   │   └── Left              it was closed while somebody waited
    │   ├── ServingError        the page or the API cannot be served
    │   │   ├── UnreadyError      models load or failed to, or the server is ending
    │   │   ├── CrowdedError      too many questions wait already
    │   │   └── RequestError      what a caller sent cannot be used
    │   └── SavedError          a conversation or a receipt cannot be kept or read back
    └── EvaluationError       a case file or a run cannot be used      (eval/)
"""


class FootnoteError(Exception):
    """Raised for anything the user can mend; its text says what was wrong and what to do."""


class SourcesError(FootnoteError):
    """Raised when a folder or a file of documents cannot be read."""


class FolderError(SourcesError):
    """Raised when the folder does not exist, is no folder, or may not be listed."""


class UnreadableFile(SourcesError):
    """Raised when one file cannot be turned into text; its text is the reason, to be listed."""
