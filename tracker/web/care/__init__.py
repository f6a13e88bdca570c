"""Pages of care for people written about: what is kept and until when, holds, access, erasing, telling people."""
