/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_crc32c: CRC-32C (Castagnoli; RFC 3720, appendix B.4) of @size_bytes more bytes.
 * @crc: of the bytes before; 0 at the start
 */
guint32 sag_crc32c (guint32 crc, const void *data, gsize size_bytes);

G_END_DECLS
