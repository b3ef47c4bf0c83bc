/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/tune/run-fixture.h"

#include <gio/gio.h>
#include <string.h>

#define N_MASKS 8

static void
run (GPtrArray *arguments)
{
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_ptr_array_insert (arguments, 0, (gpointer) g_getenv ("SAGITTA_CLI"));
  g_ptr_array_add (arguments, NULL);
  g_spawn_sync (NULL, (char **) arguments->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s ended with %d: %s", (char *) arguments->pdata[1], status, err);
}

void
run_fixture_command (const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  va_list list;

  va_start (list, first);
  for (const char *argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (gpointer) argument);
  va_end (list);
  run (arguments);
}

static char *
make_scan (const char *folder, int number)
{
  g_autofree char *seed = g_strdup_printf ("%d", number);
  g_autofree char *below = g_build_filename (folder, seed, NULL);
  g_autofree char *name = g_strdup_printf ("phantom-%04d.nii.gz", number);

  if (number % 2 != 0)
    run_fixture_command ("phantom", "--seed", seed, "--spacing", "8,8,8", "-o", below, "--findings",
                         "effusion-left", NULL);
  else
    run_fixture_command ("phantom", "--seed", seed, "--spacing", "8,8,8", "-o", below, NULL);
  return g_build_filename (below, name, NULL);
}

static void
make_project (const char *path, const GPtrArray *scans)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *const head[] = { "project", "create", path }, *const tail[] = {
    "-t", "effusion=" RUN_FIXTURE_EFFUSION, "-t", "left=" RUN_FIXTURE_LUNG, "--reader", "Ann"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (head); i++)
    g_ptr_array_add (arguments, (gpointer) head[i]);
  for (guint s = 0; s < scans->len; s++)
    g_ptr_array_add (arguments, scans->pdata[s]);
  for (gsize i = 0; i < G_N_ELEMENTS (tail); i++)
    g_ptr_array_add (arguments, (gpointer) tail[i]);
  run (arguments);
}

static void
add_mask (const char *folder, const char *project, const char *scan, const char *number)
{
  g_autofree char *table = g_build_filename (folder, "table.txt", NULL);
  g_autoptr (GString) labels = g_string_new (scan);

  g_file_set_contents (table, "10 255 0 0 1 1 1 \"left upper\"\n", -1, NULL);
  g_string_replace (labels, ".nii.gz", "_labels.nii.gz", 1);
  run_fixture_command ("project", "import", project, labels->str, "--case", number, "--table",
                       table, "-t", "left", "--reader", "Ann", NULL);
}

void
run_fixture_make (const char *folder)
{
  g_autofree char *project = g_build_filename (folder, "study.sagitta", NULL);
  g_autofree char *bundle = g_build_filename (folder, "bundle", NULL);
  g_autoptr (GPtrArray) scans = g_ptr_array_new_with_free_func (g_free);

  run_fixture_command ("bundle", "create", "--random", "--seed", "3", "--input", "64,64,64",
                       "--width", "0.15", "--hidden", "32", "-o", bundle, NULL);
  for (int number = 1; number <= RUN_FIXTURE_CASES; number++)
    g_ptr_array_add (scans, make_scan (folder, number));
  make_project (project, scans);
  for (guint s = 0; s < scans->len; s++)
    {
      g_autofree char *number = g_strdup_printf ("%u", s + 1);

      run_fixture_command ("project", "label", project, number, "effusion",
                           s % 2 == 0 ? "present" : "absent", "--reader", "Ann", NULL);
      if (s < N_MASKS)
        add_mask (folder, project, scans->pdata[s], number);
    }
}

char *
run_fixture_train (const char *folder, const char *name, const char *how, gboolean masks)
{
  g_autofree char *project = g_build_filename (folder, "study.sagitta", NULL);
  g_autofree char *bundle = g_build_filename (folder, "bundle", NULL);
  g_autofree char *cache = g_build_filename (folder, "cache", NULL);
  char            *target = g_build_filename (folder, name, NULL);
  g_auto (GStrv) options = g_strsplit (how != NULL ? how : "", " ", -1);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  const char *const head[] = { "train",   project, "--bundle", bundle, "-o",     target,
                               "--cache", cache,   "--steps",  "8",    "--task", "effusion" };

  for (gsize i = 0; i < G_N_ELEMENTS (head); i++)
    g_ptr_array_add (arguments, (gpointer) head[i]);
  if (masks)
    {
      g_ptr_array_add (arguments, (gpointer) "--task");
      g_ptr_array_add (arguments, (gpointer) "left");
    }
  for (gsize i = 0; options[i] != NULL && *options[i] != '\0'; i++)
    g_ptr_array_add (arguments, options[i]);
  run (arguments);
  return target;
}
