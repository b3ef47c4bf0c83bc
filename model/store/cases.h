/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"
#include "model/volume/geometry.h"

G_BEGIN_DECLS

/* Cases and tasks of a project. All functions run on the store's thread (store.h). */

typedef enum
{
  SAG_CASE_NEW,
  SAG_CASE_IN_PROGRESS,
  SAG_CASE_DONE,
  SAG_CASE_REVIEWED,
} SagCaseState;
#define SAG_N_CASE_STATES 4

/** sag_case_state_to_string: "new", "in progress", "done", "reviewed". */
const char *sag_case_state_to_string (SagCaseState state);
/** sag_case_state_parse: also "in-progress". Returns: FALSE for other words */
gboolean sag_case_state_parse (const char *text, SagCaseState *state);

/**
 * SagCaseRow: one scan.
 * @uuid: the same in every copy of the project
 * @path: absolute, or of an archive: below the folder of the project
 * @sha256: (nullable): of the file; NULL until it was opened once
 * @size_bytes: of the file; 0 if unknown
 * @geometry: dims all 0 until it was opened once
 * @patient, @study, @split: (nullable)
 * @active_ms: for how long people worked on it
 */
typedef struct
{
  gint64       id;
  char        *uuid;
  char        *name;
  char        *path;
  char        *sha256;
  gint64       size_bytes;
  SagGeometry  geometry;
  SagCaseState state;
  char        *patient;
  char        *study;
  char        *split;
  gint64       added;
  gint64       active_ms;
} SagCaseRow;

void sag_case_row_free (SagCaseRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCaseRow, sag_case_row_free)

/** SagCaseFound: what became of a scan that was added. */
typedef enum
{
  SAG_CASE_ADDED,
  SAG_CASE_KNOWN,
  SAG_CASE_MOVED,   /* the same content elsewhere; the path was corrected */
  SAG_CASE_CHANGED, /* another content at the same place, on the same grid */
} SagCaseFound;

/**
 * sag_cases_add: adds a scan, or finds it: by content, else by path.
 * @row: name, path, and where known sha256, size, geometry, patient, study, split. Gets id and uuid
 * @found: (out) (optional)
 *
 * A scan with the content of a known one whose file is still there is that case, too: the path stays.
 * Error: SAG_ERROR_MISMATCH: another grid at a known path: labels and masks no longer belong to it
 */
gboolean sag_cases_add (SagDb *db, SagCaseRow *row, SagCaseFound *found, GError **error);
/**
 * sag_cases_is_other: whether the project knows another content at the path of a scan whose own content it does not
 * know: sag_cases_add() would find it changed. Adds nothing.
 */
gboolean sag_cases_is_other (SagDb *db, const SagCaseRow *row, gboolean *is_other, GError **error);

/** sag_cases_insert: adds a scan that is not there, whatever lies at its path. */
gboolean sag_cases_insert (SagDb *db, SagCaseRow *row, GError **error);

/** sag_cases_make_absolute: a project that leaves the archive in @folder goes on with the scans there. */
gboolean sag_cases_make_absolute (SagDb *db, const char *folder, GError **error);

/** sag_cases_list: (transfer full) (element-type SagCaseRow): in the order of adding. */
GPtrArray *sag_cases_list (SagDb *db, GError **error);
/** sag_cases_get: Error: SAG_ERROR_ARGUMENT: no such case. */
SagCaseRow *sag_cases_get (SagDb *db, gint64 id, GError **error);
gboolean    sag_cases_remove (SagDb *db, gint64 id, GError **error);
gboolean    sag_cases_set_state (SagDb *db, gint64 id, SagCaseState state, GError **error);
/** sag_cases_set_content: of a case that was added before its content was looked at: @row's id, sha256, size. */
gboolean sag_cases_set_content (SagDb *db, const SagCaseRow *row, GError **error);
gboolean sag_cases_set_path (SagDb *db, gint64 id, const char *path, GError **error);
gboolean sag_cases_set_split (SagDb *db, gint64 id, const char *split, GError **error);
gboolean sag_cases_add_active (SagDb *db, gint64 id, gint64 active_ms, GError **error);

/**
 * SagTaskRow: one question that the project asks of every scan.
 * @key: short and unique: "effusion"; @wording: as the model is asked
 * @colour: 0xRRGGBB; @snomed, @shortcut: (nullable)
 */
typedef struct
{
  gint64  id;
  char   *key;
  char   *wording;
  guint32 colour;
  char   *snomed;
  char   *shortcut;
} SagTaskRow;

void sag_task_row_free (SagTaskRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTaskRow, sag_task_row_free)

/** sag_task_key_is_sound: (nullable): whether it holds nothing but letters, digits, - and _, and something. */
gboolean sag_task_key_is_sound (const char *key);
/** sag_tasks_put: adds it at the end, or changes the one with its key; @row gets its id. Error: SAG_ERROR_ARGUMENT */
gboolean sag_tasks_put (SagDb *db, SagTaskRow *row, GError **error);
/** sag_tasks_remove: with all labels that it has. */
gboolean sag_tasks_remove (SagDb *db, gint64 id, GError **error);
/**
 * sag_tasks_put_aside: it is asked no longer and stands in no list, but its labels stay: sag_tasks_put() of its key, or
 * sag_tasks_move(), brings it back.
 */
gboolean sag_tasks_put_aside (SagDb *db, gint64 id, GError **error);
/** sag_tasks_move: to a place in the list, from 0 on; beyond its end: to the end. */
gboolean sag_tasks_move (SagDb *db, gint64 id, guint place, GError **error);
/** sag_task_row_read: (transfer full): of a query for id, key, wording, colour, snomed, shortcut. */
SagTaskRow *sag_task_row_read (SagRow *row);
/** sag_tasks_list: (transfer full) (element-type SagTaskRow): in their order, without those that were put aside. */
GPtrArray *sag_tasks_list (SagDb *db, GError **error);
/** sag_tasks_list_aside: (transfer full) (element-type SagTaskRow): only those. */
GPtrArray *sag_tasks_list_aside (SagDb *db, GError **error);

G_END_DECLS
