import os
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import cv2, pikepdf, pypdfium2, pytesseract
