# SPDX-License-Identifier: Apache-2.0
"""The shared library of a release, by its C functions."""

import ctypes


class Library:
    def __init__(self, path):
        self.dll = ctypes.CDLL(path)

    def call(self, name, *given):
        """An int is an int64_t, and so is what is returned."""
        function = getattr(self.dll, name)
        function.restype = ctypes.c_int64
        return function(*(ctypes.c_int64(g) if isinstance(g, int) else g for g in given))

    def done(self, name, *given):
        error = ctypes.c_void_p()
        status = ctypes.c_int32(self.call(name, *given, ctypes.byref(error))).value
        if status == 0:
            return
        message = self.dll.og_error_message
        message.restype = ctypes.c_char_p
        raise SystemExit(f"{name}: {message(error).decode()}")

    def made(self, name, *given):
        out = ctypes.c_void_p()
        self.done(name, *given, ctypes.byref(out))
        return out

    def config(self, options):
        config = self.made("og_config_create") if options is not None else None
        for name, value in (options or {}).items():
            self.call("og_config_set", config, name.encode(), str(value).encode())
        return config
