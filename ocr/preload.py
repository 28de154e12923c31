"""What the sandbox's children need ready: libraries that read files, nothing of the application.

The fork server imports this once; a child then starts in some 20 ms.
"""

import docx
import openpyxl
import pyhanko.sign.fields
import pyhanko.sign.general
import pyhanko.sign.validation
import pyhanko.sign.validation.status
import pyhanko_certvalidator
import pytesseract
from lxml import etree

import ocr.jobs

__all__ = ["docx", "etree", "ocr", "openpyxl", "pyhanko", "pyhanko_certvalidator", "pytesseract"]
