/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_foreign_explain: what a file is that no reader of ours knows, and what to do with it.
 * @name: of the file, for its extension
 * @head: its first bytes, gzip undone; some 300 are enough
 *
 * Returns: (transfer none) (nullable): ends a sentence that begins with the file's name, for
 * example "is a DICOM file. Convert ..."; NULL if nothing tells
 */
const char *sag_foreign_explain (const char *name, const guint8 *head, gsize n_head);

G_END_DECLS
