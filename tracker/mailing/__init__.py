"""Who gets which mail when; what a mail is stands in notifications/."""
