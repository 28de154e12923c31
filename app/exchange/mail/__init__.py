"""Mail between organs: the mailbox by IMAP, issued documents by SMTP."""
