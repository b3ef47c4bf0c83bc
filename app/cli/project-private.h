/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/export/import.h"

G_BEGIN_DECLS

/** sag_cli_project_open: for writing, or fails saying who has it. @reader: (nullable) */
SagStore *
sag_cli_project_open (const char *path, gboolean write, const char *reader, GError **error);

/** sag_cli_project_add: opens every scan once and adds it; prints what became of each. */
gboolean sag_cli_project_add (SagStore *store, char **scans, const char *patient, GError **error);

/** sag_cli_project_lies_at: whether a case has this path, or is a series in it. */
gboolean sag_cli_project_lies_at (const SagCaseRow *one, const char *place);
/** sag_cli_project_find: a case by its number, name or path. Error: SAG_ERROR_ARGUMENT */
const SagCaseRow *
sag_cli_project_find (const SagProject *project, const char *name, GError **error);

/** sag_cli_project_print_notes: what was left out, on stderr. */
void sag_cli_project_print_notes (const SagExported *exported);

/* Words of "project", in files of their own. */
int sag_cli_project_agreement (int argc, char **argv);
int sag_cli_project_import (int argc, char **argv);
int sag_cli_project_info (int argc, char **argv);
int sag_cli_project_label (int argc, char **argv);
int sag_cli_project_check (int argc, char **argv);
int sag_cli_project_recover (int argc, char **argv);
int sag_cli_project_split (int argc, char **argv);
int sag_cli_project_merge (int argc, char **argv);

G_END_DECLS
