/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_parquet_dup: a table as Apache Parquet: one row group, PLAIN, not compressed, texts as UTF-8 and
 * numbers as doubles, every column optional.
 *
 * Source: github.com/apache/parquet-format, parquet.thrift; Thrift's compact protocol.
 *
 * @columns: (array NULL-terminated): names; one that begins with '#' holds numbers (the sign is not part of the name)
 * @rows: (element-type GStrv): as many cells each; "" is null
 * Returns: (transfer full): the file; NULL if a column has 2 GiB or more
 */
GByteArray *sag_parquet_dup (const char *const *columns, GPtrArray *rows);

G_END_DECLS
