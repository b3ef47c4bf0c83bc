/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask-set.h"
#include "model/store/store.h"

G_BEGIN_DECLS

/* Masks and the undo journal of a project. */

/*
 * Every reader has masks and a journal of their own: a second reading begins with none. Where @reader is nullable, NULL
 * is who works then.
 */

/**
 * sag_masks_attach: from now on every step of @set is written to the project: what differs, and the step itself, so
 * that it can be undone after reopening. The set must not outlive the store; detach it first.
 * @case_id: of the scan
 * @reader: (nullable): whose masks they are
 * @set: what the project has of the case: loaded from there, or new where it has nothing
 *
 * Steps beyond SAG_MASK_UNDO_BYTES are let go from memory, since the project has them. Of a project that is only looked
 * at nothing is written, all steps stay in memory within that budget (the oldest are forgotten), and @set may be
 * another than what it has. Once it can be written (sag_store_save_as()) sag_masks_write_later(), or else the next
 * step, writes all that was done.
 */
void sag_masks_attach (SagStore *store, gint64 case_id, const char *reader, SagMaskSet *set);
/** sag_masks_detach: nothing is written any further. Steps that only the project has can no longer be undone. */
void sag_masks_detach (SagMaskSet *set);

/** sag_masks_note_unwritten: an attached set has more than the project: the next step writes all of it. */
void sag_masks_note_unwritten (SagMaskSet *set);

/**
 * sag_masks_write_later: writes an attached set, its masks and its steps, if they are not all in the project because
 * that could only be looked at; behind one's back. Call it after sag_store_save_as().
 *
 * Returns: FALSE if there is nothing to write, or still no way to
 */
gboolean sag_masks_write_later (SagMaskSet *set);

/**
 * sag_masks_step_async: undo (@back) or redo of an attached set, on whose main context @callback comes. A step that
 * only the project has is read meanwhile; do nothing else with the set until then, or it is cancelled.
 */
void sag_masks_step_async (SagMaskSet         *set,
                           gboolean            back,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);
/** sag_masks_step_finish: as sag_mask_set_undo(); G_IO_ERROR_CANCELLED: something else was done first. */
gboolean sag_masks_step_finish (GAsyncResult *result, GError **error);

/**
 * sag_masks_load: a reader's masks of a case and their journal; waits. Attach the set afterwards.
 * @reader: (nullable): whose
 * @geometry: of the scan
 *
 * Errors: SAG_ERROR_FORMAT: a row does not fit its CRC-32C; SAG_ERROR_MISMATCH: another grid
 */
SagMaskSet *sag_masks_load (
  SagStore *store, gint64 case_id, const char *reader, const SagGeometry *geometry, GError **error);

/** sag_masks_load_async: the same for the window. @reader and @geometry are copied. */
void        sag_masks_load_async (SagStore           *store,
                                  gint64              case_id,
                                  const char         *reader,
                                  const SagGeometry  *geometry,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
SagMaskSet *sag_masks_load_finish (GAsyncResult *result, GError **error);

/** SagStoredMask: a mask as it lies in a project. */
typedef struct
{
  SagMaskInfo *info;
  SagMask     *mask;
  char        *reader;
} SagStoredMask;

/**
 * sag_masks_list: on the store's thread: (transfer full) (element-type SagStoredMask): by reader, then as they stand in
 * the list.
 * @reader: (nullable): only this one's
 */
GPtrArray *sag_masks_list (
  SagDb *db, gint64 case_id, const char *reader, const SagGeometry *geometry, GError **error);

/**
 * sag_masks_put: on the store's thread: a whole mask, as from an import; without a step.
 * @reader: (nullable): who works
 */
gboolean sag_masks_put (SagDb             *db,
                        gint64             case_id,
                        const SagMaskInfo *info,
                        SagMask           *mask,
                        const char        *reader,
                        GError           **error);

/**
 * sag_masks_adopt: writes a set that was painted without a project, with its masks and all that can be
 * undone and redone. A journal that the reader had of the case is forgotten.
 */
gboolean sag_masks_adopt (
  SagStore *store, gint64 case_id, const char *reader, SagMaskSet *set, GError **error);

/** sag_masks_adopt_later: the same behind one's back: the set can be changed at once. */
void sag_masks_adopt_later (SagStore *store, gint64 case_id, const char *reader, SagMaskSet *set);

/** sag_masks_crc: of a brick's row: over mask, place and bytes, so that no row can stand for another. */
guint32 sag_masks_crc (gint64 mask_id, gint64 brick, const void *data, gsize size_bytes);
/** sag_steps_crc: of a step's row, with the number as it stands there. */
guint32 sag_steps_crc (gint64 case_id, gint64 number, const void *data, gsize size_bytes);

/**
 * SAG_STEPS_OF_A_READER: numbers of steps rise within a reader's journal of a case, and differ within the case: each
 * reader's begin at another multiple of this.
 */
#define SAG_STEPS_OF_A_READER ((gint64) 1 << 40)

G_END_DECLS
