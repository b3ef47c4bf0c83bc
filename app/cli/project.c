/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/project-private.h"

#include "app/cli/case.h"
#include "model/answer/map.h"
#include "model/core/error.h"
#include "model/store/implicit.h"
#include "model/volume/nifti.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

SagStore *
sag_cli_project_open (const char *path, gboolean write, const char *reader, GError **error)
{
  SagStore *store = sag_store_open (path, write ? SAG_STORE_WRITE : SAG_STORE_READ, reader, error);

  if (store == NULL || !write || sag_store_need_writable (store, error))
    return store;
  sag_store_free (store);
  return NULL;
}

void
sag_cli_project_print_notes (const SagExported *exported)
{
  for (guint n = 0; n < exported->notes->len; n++)
    fprintf (stderr, "%s\n", (const char *) g_ptr_array_index (exported->notes, n));
}

/* A series is known by its folder, too. */
gboolean
sag_cli_project_lies_at (const SagCaseRow *one, const char *place)
{
  const gsize n = strlen (place);

  return strncmp (one->path, place, n) == 0 && (one->path[n] == '\0' || one->path[n] == '#');
}

const SagCaseRow *
sag_cli_project_find (const SagProject *project, const char *name, GError **error)
{
  g_autofree char  *full = g_canonicalize_filename (name, NULL);
  const SagCaseRow *found = NULL;
  guint             n = 0;

  for (guint c = 0; c < project->cases->len; c++)
    {
      const SagCaseRow *one = g_ptr_array_index (project->cases, c);
      g_autofree char  *number = g_strdup_printf ("%" G_GINT64_FORMAT, one->id);

      if (strcmp (one->name, name) == 0 || strcmp (number, name) == 0 ||
          sag_cli_project_lies_at (one, full))
        {
          found = one;
          n++;
        }
    }
  if (n == 1)
    return found;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               n == 0 ? "There is no case \"%s\"; project info lists them."
                      : "Several cases are called \"%s\"; give the number that project info shows.",
               name);
  return NULL;
}

typedef struct
{
  SagCaseRow  *row;
  char        *given; /* the path as it was given */
  SagCaseFound found;
} Add;

/* A case that was added before by its folder alone stays that case. */
static gboolean
keep_folder (SagDb *db, const Add *add, GError **error)
{
  g_autoptr (GPtrArray) cases = sag_cases_list (db, error);

  for (guint c = 0; cases != NULL && c < cases->len; c++)
    if (strcmp (((const SagCaseRow *) cases->pdata[c])->path, add->given) == 0)
      {
        g_free (add->row->path);
        add->row->path = g_strdup (add->given);
      }
  return cases != NULL;
}

static gboolean
add_case (SagDb *db, gpointer data, GError **error)
{
  Add *add = data;

  return keep_folder (db, add, error) && sag_cases_add (db, add->row, &add->found, error);
}

static gboolean
add_scan (SagStore *store, const char *path, const char *patient, GError **error)
{
  static const char *const words[] = { "added", "known", "moved", "changed" };
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagCaseRow) row = g_new0 (SagCaseRow, 1);
  g_autofree char *given = g_canonicalize_filename (path, NULL);
  g_autofree char *exact = NULL;
  Add              add = { row, given, SAG_CASE_ADDED };
  GStatBuf         info;

  volume = sag_cli_load_exact (path, &exact, &row->name, error);
  if (volume == NULL)
    return FALSE;
  row->path = g_canonicalize_filename (exact, NULL);
  row->patient = g_strdup (patient);
  row->geometry = *sag_volume_get_geometry (volume);
  if (g_file_test (row->path, G_FILE_TEST_IS_REGULAR))
    {
      row->sha256 = sag_nifti_hash_files (row->path, sag_cli_get_cancellable (), error);
      if (row->sha256 == NULL)
        return FALSE;
      row->size_bytes = g_stat (row->path, &info) == 0 ? info.st_size : 0;
    }
  if (!sag_store_run (store, add_case, &add, error))
    return FALSE;
  printf ("%4" G_GINT64_FORMAT "  %-7s  %s\n", row->id, words[add.found], row->name);
  sag_cli_print_warnings (volume);
  return TRUE;
}

gboolean
sag_cli_project_add (SagStore *store, char **scans, const char *patient, GError **error)
{
  for (gsize s = 0; scans[s] != NULL; s++)
    {
      sag_cli_progress ("Adding scans", (double) s / g_strv_length (scans));
      if (!add_scan (store, scans[s], patient, error))
        return FALSE;
    }
  sag_cli_progress (NULL, 0);
  return TRUE;
}

typedef struct
{
  char **tasks; /* KEY=WORDING */
} Tasks;

static gboolean
put_tasks (SagDb *db, gpointer data, GError **error)
{
  static const guint32 colours[] = { 0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442,
                                     0xD55E00, 0xCC79A7, 0x0072B2 };
  char               **tasks = ((Tasks *) data)->tasks;

  for (gsize t = 0; tasks[t] != NULL; t++)
    {
      char            *sign = strchr (tasks[t], '=');
      g_autofree char *key = sign != NULL ? g_strndup (tasks[t], (gsize) (sign - tasks[t])) : NULL;
      SagTaskRow       row = { .key = key,
                               .wording = sign != NULL ? sign + 1 : NULL,
                               .colour = colours[t % G_N_ELEMENTS (colours)] };

      if (sign == NULL)
        {
          g_set_error (
            error, SAG_ERROR, SAG_ERROR_ARGUMENT,
            "--task takes KEY=WORDING, such as effusion=\"Diagnose the presence of ...\", "
            "not \"%s\".",
            tasks[t]);
          return FALSE;
        }
      if (!sag_tasks_put (db, &row, error))
        return FALSE;
    }
  return TRUE;
}

/* A new project with questions that cannot be had is not left behind. */
static gboolean
add_tasks (SagStore **store, const char *path, char **tasks, gboolean is_new, GError **error)
{
  if (tasks == NULL || sag_store_run (*store, put_tasks, &(Tasks){ tasks }, error))
    return TRUE;
  if (is_new)
    {
      sag_store_free (g_steal_pointer (store));
      sag_implicit_remove (path, NULL);
    }
  return FALSE;
}

/* "create" and "add". */
static int
create_or_add (int argc, char **argv, gboolean create)
{
  g_auto (GStrv) tasks = NULL;
  g_autofree char   *reader = NULL;
  g_autofree char   *patient = NULL;
  const GOptionEntry entries[] = {
    { "task", 't', 0, G_OPTION_ARG_STRING_ARRAY, &tasks, "A question of the project; repeatable",
      "KEY=WORDING" },
    { "patient", 0, 0, G_OPTION_ARG_STRING, &patient, "Whose scans these are", "ID" },
    { "reader", 0, 0, G_OPTION_ARG_STRING, &reader, "Who works; your user name by default",
      "NAME" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (SagStore) store = NULL;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (argc, argv,
                      create ? "project create FILE [SCAN...]" : "project add FILE [SCAN...]",
                      create ? "Makes a project: scans, tasks, labels and masks in one file."
                             : "Adds scans or tasks to a project. A scan that has moved is found "
                               "again by its content.",
                      entries, 1, -1, &rest))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  store = create ? sag_store_open (rest[0], SAG_STORE_CREATE, reader, &error)
                 : sag_cli_project_open (rest[0], TRUE, reader, &error);
  if (store == NULL || !add_tasks (&store, rest[0], tasks, create, &error) ||
      !sag_cli_project_add (store, rest + 1, patient, &error) ||
      !sag_store_close (g_steal_pointer (&store), &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}

static int
project_create (int argc, char **argv)
{
  return create_or_add (argc, argv, TRUE);
}

static int
project_add (int argc, char **argv)
{
  return create_or_add (argc, argv, FALSE);
}

int
sag_cli_project (int argc, char **argv)
{
  static const SagCliCommand words[] = {
    { "create", "make a project of scans and tasks", project_create },
    { "add", "add scans or tasks", project_add },
    { "info", "cases, progress, masks and their volumes", sag_cli_project_info },
    { "label", "set or take back one label", sag_cli_project_label },
    { "import", "masks, label maps and labels from other tools", sag_cli_project_import },
    { "agreement", "how well readers agree", sag_cli_project_agreement },
    { "split", "a copy for one reader, without the others' work", sag_cli_project_split },
    { "merge", "bring copies together, overwriting nothing", sag_cli_project_merge },
    { "check", "look for damage", sag_cli_project_check },
    { "recover", "save what can be read of a damaged project", sag_cli_project_recover },
  };

  if (argc > 1 && (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0))
    {
      printf ("Usage:\n  sagitta-cli project WORD ...\n\n");
      for (gsize w = 0; w < G_N_ELEMENTS (words); w++)
        printf ("  %-10s %s\n", words[w].name, words[w].summary);
      printf ("\nsagitta-cli project WORD --help says more.\n"
              "Research use, not a medical device.\n");
      return SAG_CLI_DONE;
    }
  for (gsize w = 0; argc > 1 && w < G_N_ELEMENTS (words); w++)
    if (strcmp (argv[1], words[w].name) == 0)
      return words[w].run (argc - 1, argv + 1);
  if (argc > 1)
    return sag_cli_usage ("project", "There is no \"project %s\"", argv[1]);
  return sag_cli_usage ("project", "Say create, add, info, label, import, agreement, split, merge, "
                                   "check or recover");
}
