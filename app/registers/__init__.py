"""Number series, register books, gapless allocation, proof."""
