"""Documents going out (văn bản đi): from draft to issued, signed and filed."""
