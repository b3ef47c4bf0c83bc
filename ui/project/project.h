/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/store.h"
#include "model/store/worklist.h"
#include "ui/session/session.h"

G_BEGIN_DECLS

/**
 * SagUiProject: the project of a window (one file: scans, tasks, labels, masks), or none.
 *
 * There is one for each session, from the start, whether a project is open or not. It lives on the
 * main thread and never waits: opening, hashing, writing and closing happen elsewhere.
 *
 * Scans that are open in the window become cases of the project: those it knows by their path at
 * once, others as soon as they are read and their content is hashed. A scan on another grid than
 * the one that was labelled is refused: it has no id, and a sentence says so.
 *
 * Work that begins while no project is open is kept in an implicit one (model/store/implicit.h): it has ids and a home,
 * but for everything else there is no project until the person makes or opens one, which adopts what it has.
 *
 * Properties (read-only): "store" (pointer, nullable), "busy" (boolean): opening or closing,
 * "saving" (boolean): work is not on disk yet, "note" (string, nullable): what stands above the
 * window while the project is open, "title" (string, nullable): the file's name.
 *
 * Signals:
 *  "opened": the store and the list are there.
 *  "closing": the last moment to use the store; what is attached to it must be detached now.
 *  "met" (SagUiCase): its id is known now, or no longer, or sure now.
 *  "list": the list of cases was read again: pointers into the old one are no longer good.
 *  "reader": somebody else works from now on; "list" and "tasks" follow.
 *  "tasks": another list of tasks, or another reader, after "list".
 *  "labels" (int64): labels of the reader, the state or the masks changed, of a case; 0: of any.
 *  "imported" (int64): masks of a case came into the store from elsewhere.
 *  "problem" (string): a sentence that the person must see.
 */
#define SAG_UI_TYPE_PROJECT (sag_ui_project_get_type ())
G_DECLARE_FINAL_TYPE (SagUiProject, sag_ui_project, SAG_UI, PROJECT, GObject)

/** How files of projects end. */
#define SAG_UI_PROJECT_SUFFIX ".sagitta"

/** sag_ui_project_get: (transfer none): the session's. */
SagUiProject *sag_ui_project_get (SagUiSession *session);

/** sag_ui_project_is_file: by its name. */
gboolean sag_ui_project_is_file (GFile *file);

/**
 * sag_ui_project_open: opens or makes a project, then closes the one that is open; "opened" or
 * "problem" follows; that, too, if the open one sag_ui_project_is_stuck(). One that somebody else
 * writes opens for looking only, which "note" says.
 */
void sag_ui_project_open (SagUiProject *self, GFile *file, gboolean create);
/**
 * sag_ui_project_close: emits "closing" at once if one is open; the rest happens behind. What waits is lost if
 * sag_ui_project_is_stuck(): ask first.
 */
void sag_ui_project_close (SagUiProject *self);
/** sag_ui_project_save_as: goes on in a new file. */
void sag_ui_project_save_as (SagUiProject *self, GFile *file);

/* Without a project */

/** sag_ui_project_shelter: work begins: if no project is open an implicit one is made, behind. */
void sag_ui_project_shelter (SagUiProject *self);
/** sag_ui_project_is_sheltered: no project is open, but work is safe from a crash. */
gboolean sag_ui_project_is_sheltered (SagUiProject *self);
/** sag_ui_project_set_keep: what the implicit project has is offered at the next start; else it goes at closing. */
void sag_ui_project_set_keep (SagUiProject *self, gboolean keep);
/** sag_ui_project_dup_loss: (nullable): what would go with the implicit project, of scans that are not open. */
char *sag_ui_project_dup_loss (SagUiProject *self);
/** sag_ui_project_hold_mask: in "closing": a mask of @one that comes into the next project by itself. */
void sag_ui_project_hold_mask (SagUiProject *self, SagUiCase *one, const char *id);
/**
 * sag_ui_project_open_found: goes on with work that was left behind, and opens its scans.
 * @save_as: (nullable): as this project
 */
void sag_ui_project_open_found (SagUiProject *self, const char *path, GFile *save_as);
/** sag_ui_project_take_found: work that was left behind joins the open project. */
void sag_ui_project_take_found (SagUiProject *self, const char *path);
/** sag_ui_project_end: closes what is open for good. */
void sag_ui_project_end (SagUiProject *self);

/**
 * sag_ui_project_hold, sag_ui_project_release: another thread uses the store meanwhile: closing the
 * project leaves it open until the last release.
 */
void sag_ui_project_hold (SagUiProject *self);
void sag_ui_project_release (SagUiProject *self);

/** sag_ui_project_get_store: (nullable): good until "closing" has been emitted; not that of the implicit one. */
SagStore *sag_ui_project_get_store (SagUiProject *self);
/** sag_ui_project_get_home: the same, or the implicit project's: where work goes. */
SagStore *sag_ui_project_get_home (SagUiProject *self);
/** sag_ui_project_can_write: one has a home, and not for looking only. */
gboolean sag_ui_project_can_write (SagUiProject *self);
gboolean sag_ui_project_is_busy (SagUiProject *self);
gboolean sag_ui_project_is_saving (SagUiProject *self);
/** sag_ui_project_is_stuck: work waits for a disk that does not take it; closing the project would lose it. */
gboolean    sag_ui_project_is_stuck (SagUiProject *self);
const char *sag_ui_project_get_note (SagUiProject *self);
const char *sag_ui_project_get_title (SagUiProject *self);

/** sag_ui_project_is_new: it was made in this window. */
gboolean sag_ui_project_is_new (SagUiProject *self);

/** sag_ui_project_get_serial: another number for each project that is opened; what belongs to one keeps it. */
guint sag_ui_project_get_serial (SagUiProject *self);

/** sag_ui_project_get_list: (nullable) (transfer none): as the reader sees it; good until "list" or "closing". */
SagWorklist *sag_ui_project_get_list (SagUiProject *self);
/** sag_ui_project_get_n_tasks: 0 without a project. */
guint sag_ui_project_get_n_tasks (SagUiProject *self);
/** sag_ui_project_get_task: (transfer none): the one at @place of the list. */
const SagTaskRow *sag_ui_project_get_task (SagUiProject *self, guint place);
/** sag_ui_project_find_item: (nullable): the place of a case in the list; -1 if it is not there. */
int sag_ui_project_find_item (SagUiProject *self, gint64 id);
/** sag_ui_project_reload: reads the list again, behind; "list" and "tasks" follow. */
void sag_ui_project_reload (SagUiProject *self);

/** sag_ui_project_get_case_id: the project's case that a scan is; 0: none, or not known yet. */
gint64 sag_ui_project_get_case_id (SagUiProject *self, SagUiCase *one);
/**
 * sag_ui_project_get_sure_id: the same once its content was looked at: until then a file of another case may lie at the
 * place, and nothing may be written about it. Of a project that is only looked at the place is enough.
 */
gint64 sag_ui_project_get_sure_id (SagUiProject *self, SagUiCase *one);
/** sag_ui_project_get_current_id: of the session's current case. */
gint64 sag_ui_project_get_current_id (SagUiProject *self);
/** sag_ui_project_dup_scan: where the scan of a case of the list lies. */
GFile *sag_ui_project_dup_scan (SagUiProject *self, const SagCaseRow *row);
/** sag_ui_project_is_open: the window has the scan of that case. */
gboolean sag_ui_project_is_open (SagUiProject *self, gint64 id);
/** sag_ui_project_go: opens a case of the list in the window, or makes it current. */
void sag_ui_project_go (SagUiProject *self, gint64 id);

/** sag_ui_project_ahead: cases of the list come next, in this order: they are opened behind, and read ahead. */
void sag_ui_project_ahead (SagUiProject *self, const gint64 *ids, guint n);

/** sag_ui_project_get_reader: who works: the setting "reader", else the user's name. */
const char *sag_ui_project_get_reader (SagUiProject *self);

/**
 * sag_ui_project_post: sag_store_post() of the open project, with "saving" until it is on disk.
 * @data: (transfer full): also freed if there is no project, or one that is only looked at
 */
void
sag_ui_project_post (SagUiProject *self, SagStoreFunc func, gpointer data, GDestroyNotify destroy);
/** sag_ui_project_imported: emits that signal. */
void sag_ui_project_imported (SagUiProject *self, gint64 id);
/** sag_ui_project_watch_saving: the same for what was given to the store in another way. */
/**
 * sag_ui_project_painted: masks of a case were written to the store.
 * @touched: something was ever done to them: a new case is in progress, as the store has it
 */
void sag_ui_project_painted (SagUiProject *self, gint64 id, guint n_masks, gboolean touched);
void sag_ui_project_watch_saving (SagUiProject *self);

G_END_DECLS
