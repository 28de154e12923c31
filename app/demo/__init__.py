"""The demo office: invented people, letters, paper and scans. Needs no Flask."""
