"""The sentences about the key file; they name lines and ids, never a key."""

from __future__ import annotations

from ckanext.govshare.logic.marking import N_

KEY_MESSAGES: dict[str, str] = {
    "keyring.missing": N_(
        "The key file %(path)s is missing. Put it back from its copy; without it nothing sealed can be read."
    ),
    "keyring.unreadable": N_(
        "The key file %(path)s cannot be read by the portal; give it to the portal's user."
    ),
    "keyring.open_to_others": N_("Others may read or change the key file %(path)s; set its mode to 0600."),
    "keyring.bad_line": N_(
        "Line %(line)s of the key file is not “id  64 hexadecimal digits”; put it right from the copy."
    ),
    "keyring.short": N_("The key in line %(line)s of the key file has fewer than %(bytes)s random bytes."),
    "keyring.twice": N_("Line %(line)s of the key file repeats the id or the key of an earlier line."),
    "keyring.empty": N_("The key file holds no key."),
    "keyring.not_writable": N_(
        "The key file %(path)s cannot be written here. Add a line “id  64 hexadecimal digits” at its end by hand, then run this again."
    ),
    "keyring.key_missing": N_("The key “%(key)s” is not in the key file; put it back from its copy."),
    "keyring.rotation_under_way": N_("Another rotation is under way; wait until it has ended."),
}
