/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* project.c knows and writes; project-open.c opens and closes; project-cases.c tells which scan is which case. */

#include "ui/project/project.h"

struct _SagUiProject
{
  GObject parent;

  SagUiSession *session; /* weak */
  SagStore     *store;
  SagWorklist  *list;
  char         *folder; /* of the project */
  GHashTable   *by_id;  /* gint64 -> place in the list + 1 */
  GHashTable   *by_path;
  GCancellable *cancellable; /* of what the open project has under way */
  guint         opening;     /* counts projects: what one has found is nothing to the next */
  guint         n_busy;
  guint         n_holds;     /* threads that use the store */
  GSList       *held_stores; /* to be closed after that */
  guint         saving_id;
  gboolean      is_reloading;
  gboolean      reload_again;
  gboolean      has_new_reader; /* since the list was read */
  gboolean      is_stuck;       /* posts wait for the disk */
  guint         n_edits;        /* a list that was read before one is read again */
  char         *note;
  char         *title;
  char         *reader;
  char         *worker; /* who was told to work last */

  /* project-implicit.c */
  gboolean is_implicit; /* the store is nobody's project yet */
  gboolean is_new;      /* the project was made just now */
  char *unsaved; /* (nullable): the implicit project's file, whatever place its store has by now */
  gboolean   keeps;      /* what it has, when it is closed */
  gboolean   is_over;    /* the window goes: nothing begins any more */
  gboolean   has_failed; /* there is no place for one */
  guint      n_opening;  /* projects that are on their way */
  guint      n_adopting; /* those that take its work first: no other comes between */
  guint      starting;   /* counts: one that was given up is not taken */
  gboolean   is_starting;
  GPtrArray *held;    /* masks that the window brings into the next project itself */
  GPtrArray *awaited; /* those that are on their way; their file stays */
};

enum
{
  SAG_UI_PROJECT_STORE = 1,
  SAG_UI_PROJECT_BUSY,
  SAG_UI_PROJECT_SAVING,
  SAG_UI_PROJECT_NOTE,
  SAG_UI_PROJECT_TITLE,
  SAG_UI_PROJECT_N_PROPS
};

enum
{
  SAG_UI_PROJECT_OPENED,
  SAG_UI_PROJECT_CLOSING,
  SAG_UI_PROJECT_MET,
  SAG_UI_PROJECT_LIST,
  SAG_UI_PROJECT_READER,
  SAG_UI_PROJECT_TASKS,
  SAG_UI_PROJECT_LABELS,
  SAG_UI_PROJECT_IMPORTED,
  SAG_UI_PROJECT_PROBLEM,
  SAG_UI_PROJECT_N_SIGNALS
};

/** sag_ui_project_notify: that one of the properties has another value. */
void sag_ui_project_notify (SagUiProject *self, guint prop);
/** sag_ui_project_tell: a signal without arguments. */
void sag_ui_project_tell (SagUiProject *self, guint signal);
/** sag_ui_project_set_note: (nullable). */
void sag_ui_project_set_note (SagUiProject *self, const char *note);
/** sag_ui_project_set_busy: one thing more (1) or less (-1) is under way that the program must not end before. */
void sag_ui_project_set_busy (SagUiProject *self, int step);
/** sag_ui_project_trouble: a SagStoreTrouble. */
void sag_ui_project_trouble (SagStore *store, const GError *error, gboolean dropped, gpointer self);
/** sag_ui_project_load: a SagStoreFunc: the list; @data: SagWorklist **. */
gboolean sag_ui_project_load (SagDb *db, gpointer data, GError **error);

/** sag_ui_project_watch_losses: whoever closes cases learns what is safe. */
void sag_ui_project_watch_losses (SagUiProject *self, gboolean watch);
/** sag_ui_project_set_place: where it lies, and its name; no name if it is implicit. */
void sag_ui_project_set_place (SagUiProject *self);
/** sag_ui_project_install: @store, @list: (transfer full): from now on the one that is open; "opened" is not told. */
void sag_ui_project_install (SagUiProject *self,
                             SagStore     *store,
                             SagWorklist  *list,
                             gboolean      is_implicit);
/** sag_ui_project_follow_reader: @from: the name with which the store was opened, which may be another by now. */
void sag_ui_project_follow_reader (SagUiProject *self, const char *from);
/** sag_ui_project_let_go: (transfer full): the store that was open; there is one. */
SagStore *sag_ui_project_let_go (SagUiProject *self);
/**
 * sag_ui_project_close_behind: @store: (transfer full)
 * @remove: (transfer full) (nullable): its file, which goes
 */
void sag_ui_project_close_behind (SagUiProject *self, SagStore *store, char *remove);
/**
 * sag_ui_project_adopt: @store, @list: (transfer full): a project that was just opened, by @reader, gets what the
 * implicit one has, then it is installed.
 */
void
sag_ui_project_adopt (SagUiProject *self, SagStore *store, SagWorklist *list, const char *reader);

/** sag_ui_project_held_new: for `held`. */
GPtrArray *sag_ui_project_held_new (void);
/** sag_ui_project_brought: what @one (nullable) has was given to the store: no other file needs to have it. */
void sag_ui_project_brought (SagUiProject *self, SagUiCase *one);

/** sag_ui_project_say: "problem". */
void sag_ui_project_say (SagUiProject *self, const char *sentence);

/** sag_ui_project_met: "met". */
void sag_ui_project_met (SagUiProject *self, SagUiCase *one);

/** sag_ui_project_take_list: (transfer full): from now on the list; tells nobody. */
void sag_ui_project_take_list (SagUiProject *self, SagWorklist *list);

/** sag_ui_project_watch_cases: meets the cases of the session, now and later; once. */
void sag_ui_project_watch_cases (SagUiProject *self);

/** sag_ui_project_find_case: (nullable) (transfer none): the scan in the window that is that case. */
SagUiCase *sag_ui_project_find_case (SagUiProject *self, gint64 id);

/** sag_ui_project_meet_all: meets all that are open. */
void sag_ui_project_meet_all (SagUiProject *self);
/** sag_ui_project_meet_again: and whoever failed to read something of them tries again. */
void sag_ui_project_meet_again (SagUiProject *self);
