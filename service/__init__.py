"""Pabal (파발): one release on its way, a step a line; steps hand over by rows, never by calls.

::

    schedule                          when: a tick claims the sources that are due
      | poll(source:slot)
      v
    collect    fetch | parse | normalise | store      -> article          of a list
      | collect(source)
      v
    collect    claim | fetch | parse | store          -> article          (collected_at)
      | attach(source); without files straight on to read(article)
      v
    attach     claim | fetch | read | settle          -> attachment       (settled_at)
      | read(article)
      v
    read       text | fields                          -> reading          (read_at)
      | triage(article)
      v
    triage     story | match | owe                    -> delivery         (triaged_at)
      | deliver(channel)
      v
    deliver    claim | word | send | settle           -> attempt          (settled_at)

    revisit    claim | fetch | compare | settle       -> revision         (look_due)
      | attach(source), read(article): what changed goes the way again
    index      claim | words | enter                  -> searchable       (unsearched)
    admit      claim | word | send | settle           -> sign_in          (sent_at)

Rows are the truth; a job is only a wake-up, and the sweep wakes rows that lost theirs.
"""


def main() -> None:
    """The command ``pabal``. Processes beside load its script again, and need nothing of it."""
    from service.__main__ import main as command  # noqa: PLC0415 - only where it is run

    command()
