"""The addresses of subscriptions, mails and the links in them."""

from tracker.web.frame.route import ADMINISTRATOR, PUBLIC, READER, Guard, Route
from tracker.web.mailing import earlier_mails, mail_links, outbox, subscriptions

ROUTES: list[Route] = [
    # links from mails: signed, so without a token of ours
    Route("GET", "/oordeel/{token}", mail_links.show_decision, PUBLIC),
    Route("POST", "/oordeel/{token}", mail_links.decide, PUBLIC, Guard.NONE),
    Route("POST", "/oordeel/{token}/les", mail_links.teach_from_mail, PUBLIC, Guard.NONE),
    Route("GET", "/klopt-niet/{token}", mail_links.show_doubt, PUBLIC),
    Route("POST", "/klopt-niet/{token}", mail_links.doubt_from_mail, PUBLIC, Guard.NONE),
    Route("GET", "/afmelden/{token}", mail_links.show_leaving, PUBLIC),
    Route("POST", "/afmelden/{token}", mail_links.leave, PUBLIC, Guard.NONE),
    Route("POST", "/afmelden/{token}/hervatten", mail_links.take_up_again, PUBLIC, Guard.NONE),
    Route("GET", "/abonnementen/voorbeeld", earlier_mails.preview, READER),
    Route("GET", "/abonnementen/overzichten", earlier_mails.index, READER),
    Route("GET", "/abonnementen/overzicht/{delivery_id:id}", earlier_mails.show, READER),
    # abonnementen
    Route("GET", "/abonnementen", subscriptions.index, READER),
    Route("POST", "/abonnementen", subscriptions.create, READER),
    Route("GET", "/abonnementen/nieuw", subscriptions.new, READER),
    Route("POST", "/abonnementen/herinneringen", subscriptions.remind, READER),
    Route("GET", "/abonnementen/{subscription_id:id}", subscriptions.edit, READER),
    Route("POST", "/abonnementen/{subscription_id:id}", subscriptions.save, READER),
    Route("POST", "/abonnementen/{subscription_id:id}/stoppen", subscriptions.stop, READER),
    Route("POST", "/abonnementen/{subscription_id:id}/hervatten", subscriptions.take_up_again, READER),
    Route("GET", "/beheer/mail", outbox.mail, ADMINISTRATOR),
    Route("GET", "/beheer/mail/{delivery_id:id}", outbox.one_mail, ADMINISTRATOR),
    Route("POST", "/beheer/mail/{delivery_id:id}/opnieuw", outbox.retry, ADMINISTRATOR),
    Route("POST", "/beheer/mail/toelaten", outbox.lift, ADMINISTRATOR),
]
