/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tests of projects in the window share: a session with a project, its problems collected. */

#include "ui/project/project.h"

G_BEGIN_DECLS

typedef struct
{
  char         *folder;
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiProject *project;
  GString      *problems;
  guint         n_opened;
} SagTestProject;

void sag_test_project_set_up (SagTestProject *test, gconstpointer data);
void sag_test_project_tear_down (SagTestProject *test, gconstpointer data);

/** sag_test_project_open: `Lungs.sagitta` in the folder. */
void sag_test_project_open (SagTestProject *test, gboolean create);
void sag_test_project_close (SagTestProject *test);

/** sag_test_project_add_task: and waits until the list has it. */
void sag_test_project_add_task (SagTestProject *test, const char *key, const char *wording);

/** sag_test_project_open_scan: reads it and makes it current. Returns: (transfer none). */
SagUiCase *sag_test_project_open_scan (SagTestProject *test, GFile *file);
/**
 * sag_test_project_open_case: the same of a new small scan, and waits until it is a case of the project.
 * @name: one letter; each is another scan
 */
SagUiCase *sag_test_project_open_case (SagTestProject *test, const char *name);
void       sag_test_project_close_scan (SagTestProject *test, SagUiCase *one);

/** sag_test_project_get_item: (transfer none): of the list. */
SagWorkItem *sag_test_project_get_item (SagTestProject *test, guint place);

G_END_DECLS
