"""Every error that Dateline tells a person, drawn once.

    DatelineError                 base: the message is shown as it is, and says what to do next
      SettingsError               a setting that cannot be used
      LimitUnusable               days, an outlet or a number that no search can be kept to
      LibraryError
        LibraryBusy               another process is writing to this library
        LibraryUnreadable         the catalogue is not one that this version can read
        LibraryUnreachable        the server that has the catalogue does not answer
        IndexUnusable             a search index cannot be read or written
          VectorsUnreachable      the server that has the vectors does not answer
        EmbedderMismatch          the library was made with another embedding model
        ArticleNotFound           no article with that id
        ConversationNotFound      no conversation with that id
        ConversationNotKept       conversations cannot be written
      AccountUnusable           an account, a password, a link or a token that cannot be
        TooManyTries            wrong passwords: the next is looked at later
      NotAllowed                what the role of whoever asks does not allow
      AnnotationUnusable        a mark, note, tag or correction that cannot be kept
        RefreshUnderWay           the feeds are being refreshed already
      ModelError
        WeightsMissing            a model's files are not on this machine
        WeightsAltered            a model's files are not the publisher's (SHA-256 differs)
        ProviderMissing           the Python package of a chat model's provider is not installed
        ModelUnavailable          a chat model that cannot be reached, or that failed
      ReportUnwritable            a place where no report can be written
      ExportUnwritable            a place where no articles can be written
      FontMissing                 letters that no font of this computer has, for a PDF
      ResultsUnwritable           an output on which nothing can be printed
      RejectedDocument            one document that cannot be taken, with the reason
        FeedEmpty                 a feed without articles, which is followed when it is said once more
        FetchFailed               one address that could not be read
          AddressRefused          an address that may not be read
          NotReached              a host that is not known, not there or not answering
          PageGone                the site says that there is no such page, or no more
          ToldToWait              the site asks to be left alone for a while

Anything else that is raised is a fault of Dateline's own. The command line and the page turn a
DatelineError into one clear line, each in one place.
"""

from __future__ import annotations

from pathlib import Path

from vectorstore.characters import printable_line


class DatelineError(Exception):
    """Something that went wrong in a way that the person at the keyboard can act on.

    The message is one line, in which nothing steers a terminal: much of what it quotes is what strangers wrote.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(printable_line(message))


class SettingsError(DatelineError):
    """A setting that cannot be used."""


class LimitUnusable(DatelineError):
    """Days, an outlet or a number that no search can be kept to; `field` is as-of, from, to, outlet or top."""

    def __init__(self, reason: str, field: str) -> None:
        super().__init__(reason)
        self.field = field


class LibraryError(DatelineError):
    """Something about the library on disk."""


class LibraryBusy(LibraryError):
    """Another process is writing to this library."""


class LibraryUnreadable(LibraryError):
    """The catalogue is damaged, or made by another version."""


class LibraryUnwritable(LibraryError):
    """The library cannot be written: the disk is full, or this user may not write there."""


class LibraryUnreachable(LibraryError):
    """The server that has the catalogue does not answer; nothing is lost."""


class IndexUnusable(LibraryError):
    """A search index cannot be read or written; the articles are in the catalogue all the same."""

    @classmethod
    def at(cls, folder: Path, error: Exception) -> IndexUnusable:
        """With the first line of what the operating system or a library said."""
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        return cls(
            f"The search index {folder} cannot be used ({reason}). What the catalogue stored is kept; make room or let "
            "Dateline write there, then run `dateline library check`."
        )


class VectorsUnreachable(IndexUnusable):
    """The server that has the vectors does not answer; articles are found by their words meanwhile."""


class BackupFailed(LibraryError):
    """A backup cannot be made or put back; nothing was changed."""


class EmbedderMismatch(LibraryError):
    """The library's vectors were made by another embedding model."""

    @classmethod
    def of_length(cls, held: int, name: str) -> EmbedderMismatch:
        """The folder of a model holds another model than last time."""
        return cls(
            f"The library holds vectors of {held} numbers, and {name} makes others. Run `dateline library reindex` to "
            "embed it again, or put the earlier model back."
        )


class ArticleNotFound(LibraryError):
    """No article has that id."""

    @classmethod
    def named(cls, article_id: str) -> ArticleNotFound:
        return cls(f"No article has the id {article_id!r}. `dateline library list` shows those there are.")


class ConversationNotFound(LibraryError):
    """No conversation has that id."""


class AnsweredElsewhere(LibraryError):
    """Another server is writing an answer in this conversation."""


class ConversationNotKept(LibraryError):
    """Conversations cannot be written; the question can still be answered."""


class AccountUnusable(LibraryError):
    """An account, a password, a one-time link or a token that cannot be."""


class TooManyTries(AccountUnusable):
    """Of passwords that were wrong; the next is looked at later."""


class NotAllowed(LibraryError):
    """What the role of whoever asks for it does not allow."""


class AnnotationUnusable(LibraryError):
    """A mark, a note, a tag, a saved filter or a detail that cannot be kept as it was given."""


class RefreshUnderWay(LibraryError):
    """The feeds are being refreshed already, by hand or by the clock."""


class ModelError(DatelineError):
    """Something about a model."""


class WeightsMissing(ModelError):
    """A model's files are not on this machine."""


class WeightsAltered(ModelError):
    """A model's files do not have the publisher's SHA-256."""


class ProviderMissing(ModelError):
    """The Python package of a chat model's provider is not installed."""


class ModelUnavailable(ModelError):
    """A chat model that cannot be reached, or that failed while answering."""


class ReportUnwritable(DatelineError):
    """A place where no report can be written."""


class ExportUnwritable(DatelineError):
    """A place where no articles can be written."""


class FontMissing(DatelineError):
    """Letters that no font of this computer has, for a PDF."""


class ResultsUnwritable(DatelineError):
    """Nothing can be printed: the disk that the output goes to is full, or there is no output."""


class RejectedDocument(DatelineError):
    """One document that cannot be taken; the message is the reason."""


class FeedEmpty(RejectedDocument):
    """A feed without articles, which is followed when it is said once more."""


class FetchFailed(RejectedDocument):
    """One address that could not be read; the message is the reason."""


class AddressRefused(FetchFailed):
    """No request was made: the address is private, malformed, or closed to programs by robots.txt."""


class NotReached(FetchFailed):
    """No answer came: the host is unknown, unreachable or too slow."""


class PageGone(FetchFailed):
    """The site answered 404 or 410."""


class ToldToWait(FetchFailed):
    """The site answered 429 or 503, or did so shortly before. `seconds` is how long it asked for, None if it didn't."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds
