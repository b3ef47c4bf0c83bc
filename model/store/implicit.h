/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/store.h"

G_BEGIN_DECLS

/* The implicit project: work that is in no project of the person's yet. One private file for each window, in a folder
 * that nobody else can read; it goes when the work is in a project, or when the person does not want it. */

/** sag_implicit_dup_folder: below the user's data. */
char *sag_implicit_dup_folder (void);

/** sag_implicit_create: a new one, open; waits. @reader: (nullable): who works. Errors: of sag_store_open() */
SagStore *sag_implicit_create (const char *reader, GError **error);

/** SagImplicitCase: @name: of the scan; @path: where it lies. */
typedef struct
{
  char *name;
  char *path;
  guint n_masks;
  guint n_labels;
} SagImplicitCase;

/**
 * SagImplicit: one that its window left behind.
 * @changed: when, seconds since 1970
 * @cases: SagImplicitCase: those with work, the latest first
 * @problem: (nullable): a sentence: it cannot be read, and stays
 */
typedef struct
{
  char      *path;
  gint64     changed;
  GPtrArray *cases;
  char      *problem;
} SagImplicit;

void sag_implicit_free (SagImplicit *implicit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagImplicit, sag_implicit_free)

/**
 * sag_implicit_list: (transfer full) (element-type SagImplicit): those that no window has open, the latest first;
 * waits. Those without work are removed.
 */
GPtrArray *sag_implicit_list (void);

/** sag_implicit_dup_paths: (transfer full): all that are there, whoever has them. */
char **sag_implicit_dup_paths (void);

/** sag_implicit_remove: the file and what lies beside it. Error: also G_IO_ERROR_BUSY: a window has it open */
gboolean sag_implicit_remove (const char *path, GError **error);

/**
 * SagAdopted: what joined a project; zero-filled before. What the project has no place for stays where it was:
 * @n_left: labels of scans that joined
 * @n_scans: scans with all they have
 * @scans, @labels, @masks: (nullable): which, as the file knows them; @masks also those that were held
 */
typedef struct
{
  guint      n_masks;
  guint      n_labels;
  guint      n_left;
  guint      n_scans;
  GArray    *scans;  /* gint64 */
  GArray    *labels; /* gint64 */
  GPtrArray *masks;  /* utf8 */
} SagAdopted;

void sag_adopted_clear (SagAdopted *adopted);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagAdopted, sag_adopted_clear)

/**
 * sag_implicit_adopt: what the closed file at @path has joins the project @store: masks, with all that can be undone
 * where the project had none of the case; labels of tasks with the same wording; what was seen, and answers. Nothing is
 * overwritten: a mask that differs comes beside its namesake. All or nothing.
 * @held: (nullable): ids of masks that whoever asks brings into the project itself
 */
gboolean sag_implicit_adopt (
  SagStore *store, const char *path, const char *const *held, SagAdopted *adopted, GError **error);

/**
 * sag_implicit_drop_joined: what joined a project leaves the closed file at @path, which goes with the last of it;
 * waits. @gone: (out) (optional): it went
 */
gboolean sag_implicit_drop_joined (const char       *path,
                                   const SagAdopted *adopted,
                                   gboolean         *gone,
                                   GError          **error);
/** sag_implicit_drop_mask: the same for a mask that was held. */
gboolean sag_implicit_drop_mask (const char *path, const char *id, GError **error);

G_END_DECLS
