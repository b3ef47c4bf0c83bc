/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the checksum of a row is over, in SQL: all columns before it, in the schema's order. The steps of schema.c that
 * bring older files up to date say it for themselves, since they must not change. */

/** SAG_LABEL_CRC_BY: with @reader, as it will be, in the column's stead. */
#define SAG_LABEL_CRC_BY(reader)                                                                   \
  "sag_crc (id, case_id, task_id, " reader ", value, side, location, certainty, comment, at, "     \
  "active_ms, seen, bundle)"
#define SAG_LABEL_CRC SAG_LABEL_CRC_BY ("reader")
#define SAG_N_LABEL_COLUMNS 13

/** SAG_MASK_CRC_BY: with @reader and @position, as they will be, in the columns' stead. */
#define SAG_MASK_CRC_BY(reader, position)                                                          \
  "sag_crc (id, uuid, case_id, " reader ", " position ", name, key, colour, locked, visible, at)"
#define SAG_MASK_CRC_AT(position) SAG_MASK_CRC_BY ("reader", position)
#define SAG_MASK_CRC SAG_MASK_CRC_AT ("position")
#define SAG_N_MASK_COLUMNS 11
