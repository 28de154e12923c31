"""Making the papers of an outgoing document; knows no database, no users, no clock.

`facts` what stands on a paper · `docx` templates for Word, filled, read · `convert` Word to PDF ·
`layout` a letter written in the browser to PDF · `copies` pages of certified copies · `sheet` the
number sheet of a paper document · `clean`, `differences` of texts.
"""
