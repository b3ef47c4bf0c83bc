/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/** sag_version_get: returns the release, for example "0.1.0". */
const char *sag_version_get (void);

/** sag_version_get_commit: returns the short commit the program was built from, or "unknown". */
const char *sag_version_get_commit (void);
