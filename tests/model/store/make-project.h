/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask-set.h"
#include "model/store/cases.h"
#include "model/store/store.h"

/** add_case: a case called @name on make_grid (0); returns its id. */
gint64 add_case (SagStore *store, const char *name);

/** add_task: one with @key; returns its id. */
gint64 add_task (SagStore *store, const char *key);

/** make_strokes: adds a mask where there is none, and paints @n strokes; each one step. */
void make_strokes (SagMaskSet *set, guint n, GRand *random);

/** run_sql: on a project that is closed, as a stranger or damage would. */
void run_sql (const char *path, const char *sql);
/** run_in_store: the same on the thread of one that is open. */
void run_in_store (SagStore *store, const char *sql);

/** make_path: (transfer full): of a project that is not there yet, in a new @folder (out) (transfer full). */
char *make_path (char **folder);

/**
 * make_full: (transfer full): path of a closed project in @folder with @n_cases called "case-1" and on, numbered so, a
 * task, what @put writes, and @n_strokes strokes on each of the first @n_painted cases.
 */
char *make_full (const char *folder, int n_cases, SagStoreFunc put, int n_painted, guint n_strokes);

/** count_rows: @table: of a closed project; may have a WHERE. */
gint64 count_rows (const char *path, const char *table);
/** assert_sound: every row of a closed project is as its checksum says. */
void assert_sound (const char *path);

/** n_entries: of the log, which must be sound. */
gint64 n_entries (SagStore *store);

/** count_entries: a SagStoreFunc: the same into @data, a gint64, or an error. */
gboolean count_entries (SagDb *db, gpointer data, GError **error);

/** assert_same_masks: equal lists of masks. */
void assert_same_masks (SagMaskSet *a, SagMaskSet *b);
/** assert_same: the same, and what undo and redo would do. */
void assert_same (SagMaskSet *a, SagMaskSet *b);
/** reopen: the masks of a case, attached, in a store that was closed and opened again. */
SagMaskSet *reopen (SagStore **store, const char *path, gint64 id);
