"""Send: all mail of the program goes through one durable outbox, and leaves it over one connection, once.

Whoever has something to say queues it; saying it again changes nothing:

    units = unit_mailboxes(home, notice, as_of)
    with Outbox(home.mail) as outbox:
        outbox.queue(notice, [Mail("bulletin", one.recipient, "2020-11-08", one.mailbox, title, letter.text, letter.html,
                                   files, member=one.member)
                              for one in addressees(notice, notice.mail.bulletins_to, units)], now)

`send_due` (the command `notices send`) is the only thing that sends.
"""
