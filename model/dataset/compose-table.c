/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/compose-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/number.h"

#include <string.h>

/* What a cell of a label column says. */
typedef enum
{
  CELL_NEGATIVE,
  CELL_POSITIVE,
  CELL_CENSORED,
  CELL_EMPTY,
  CELL_OTHER,
} Cell;

typedef struct
{
  SagComposition  *self;
  SagComposeFiles *images;
  SagRows         *rows;
  char            *name;
  char            *folder;
  const char      *image_column;
  const char      *patient_column;
  GArray          *label_columns; /* of Column */
} Table;

typedef struct
{
  const char *name;
  guint       task;
} Column;

static void
table_clear (Table *table)
{
  g_clear_pointer (&table->rows, sag_rows_free);
  g_clear_pointer (&table->name, g_free);
  g_clear_pointer (&table->folder, g_free);
  g_clear_pointer (&table->label_columns, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear)

static gboolean G_GNUC_PRINTF (4, 5)
  fail (const Table *table, gsize row, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s, line %u: %s", table->name,
               sag_rows_get_line (table->rows, row), what);
  return FALSE;
}

static Cell
read_cell (const char *text)
{
  static const struct
  {
    const char *word;
    Cell        cell;
  } words[] = { { "true", CELL_POSITIVE },     { "false", CELL_NEGATIVE },
                { "censored", CELL_CENSORED }, { "nan", CELL_EMPTY },
                { "na", CELL_EMPTY },          { "none", CELL_EMPTY } };
  double number;

  if (text == NULL || text[0] == '\0')
    return CELL_EMPTY;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i].word) == 0)
      return words[i].cell;
  if (!sag_number_parse (text, &number) || number < 0 || number > 1 || (number > 0 && number < 1))
    return CELL_OTHER;
  return number > 0 ? CELL_POSITIVE : CELL_NEGATIVE;
}

/* "pleural effusion" of "Pleural_Effusion", the same in every locale. */
static char *
dup_plain (const char *label)
{
  char *plain = g_ascii_strdown (label, -1);

  g_strdelimit (plain, "_-", ' ');
  return g_strstrip (plain);
}

static gboolean
is_called (const char *column, const char *label)
{
  g_autofree char *a = dup_plain (column);
  g_autofree char *b = label != NULL ? dup_plain (label) : NULL;
  gsize            n = b != NULL ? strlen (b) : 0;

  /* INSPECT's newer tables say how a label was found: pe_positive_nlp. */
  return b != NULL && strncmp (a, b, n) == 0 && (a[n] == '\0' || strcmp (a + n, " nlp") == 0);
}

/* The catalogue's sentence for a label column; NULL if it knows none. */
static const SagTask *
find_in_catalogue (const char *column)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);

  for (gsize i = 0; catalogue != NULL && i < sag_catalogue_get_n_tasks (catalogue); i++)
    {
      const SagTask *task = sag_catalogue_get_task (catalogue, i);

      if (task->kind != SAG_TASK_SEGMENT &&
          (is_called (column, task->dataset_label) || is_called (column, task->label)))
        return task;
    }
  return NULL;
}

static char *
replace (char *text, const char *mark, const char *with)
{
  g_auto (GStrv) parts = g_strsplit (text, mark, -1);

  g_free (text);
  return g_strjoinv (with, parts);
}

static char *
fill_template (const SagComposeOptions *options, const char *column)
{
  g_autofree char *label = dup_plain (column);
  char            *text = replace (g_strdup (options->template), "{label}", label);

  text = replace (text, "{finding}", label);
  return replace (text, "{organ}", options->organ != NULL ? options->organ : "chest");
}

static gboolean
is_known (const Table *table, const char *column)
{
  static const char *const known[] = { "img_file_path", "VolumeName", "image_id",
                                       "impression_id", "patient_id", "person_id",
                                       "study_id",      "split",      "mask_file_path" };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (column, known[i]) == 0)
      return TRUE;
  return g_strcmp0 (column, table->image_column) == 0 ||
         g_strcmp0 (column, table->patient_column) == 0;
}

/* Whether a column that nobody explained looks like labels. */
static gboolean
holds_labels (const Table *table, const char *column)
{
  gboolean any = FALSE;

  for (gsize row = 0; row < sag_rows_get_n (table->rows); row++)
    {
      Cell cell = read_cell (sag_rows_get (table->rows, row, column));

      if (cell == CELL_OTHER)
        return FALSE;
      any = any || cell == CELL_POSITIVE || cell == CELL_NEGATIVE;
    }
  return any;
}

/* A column becomes a task, is left alone, or is an error. */
static gboolean
sort_column (Table *table, const char *name, GString *unused, GError **error)
{
  const SagComposeOptions *options = table->self->options;
  const SagTask           *task;
  Column                   column = { .name = name };

  if (is_known (table, name) || (options->skip != NULL && g_strv_contains (options->skip, name)))
    return TRUE;
  task = find_in_catalogue (name);
  if (task != NULL)
    column.task = sag_compose_find_task (table->self, task->text, name, TRUE);
  else if (!holds_labels (table, name))
    {
      g_string_append_printf (unused, "%s%s", unused->len > 0 ? ", " : "", name);
      return TRUE;
    }
  else if (options->template != NULL)
    {
      g_autofree char *question = fill_template (options, name);

      column.task = sag_compose_find_task (table->self, question, name, FALSE);
    }
  else
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "%s: the task catalogue knows no label \"%s\"; give it a sentence with "
                   "--template \"Diagnose the presence of {label} in the {organ}\", or leave it "
                   "out with --skip.",
                   table->name, name);
      return FALSE;
    }
  g_array_append_val (table->label_columns, column);
  return TRUE;
}

static const char *
first_of (const Table *table, const char *asked, const char *const *names, gsize n)
{
  const char *const *columns = sag_rows_get_columns (table->rows);

  if (asked != NULL)
    return g_strv_contains (columns, asked) ? asked : NULL;
  for (gsize i = 0; i < n; i++)
    if (g_strv_contains (columns, names[i]))
      return names[i];
  return NULL;
}

static gboolean
find_columns (Table *table, GError **error)
{
  static const char *const image_names[] = { "img_file_path", "VolumeName", "image_id",
                                             "impression_id" };
  static const char *const patient_names[] = { "patient_id", "person_id" };
  const SagComposeOptions *options = table->self->options;
  const char *const       *columns = sag_rows_get_columns (table->rows);
  g_autoptr (GString) unused = g_string_new (NULL);

  table->image_column =
    first_of (table, options->image_column, image_names, G_N_ELEMENTS (image_names));
  table->patient_column =
    first_of (table, options->patient_column, patient_names, G_N_ELEMENTS (patient_names));
  if (table->image_column == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s has no column %s that names the scans; say which one does with "
                   "--image-column.",
                   table->name,
                   options->image_column != NULL ? options->image_column
                                                 : "img_file_path, VolumeName or image_id");
      return FALSE;
    }
  if (options->patient_column != NULL && table->patient_column == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s has no column \"%s\", which --patient-column names.", table->name,
                   options->patient_column);
      return FALSE;
    }
  for (gsize i = 0; columns[i] != NULL; i++)
    if (!sort_column (table, columns[i], unused, error))
      return FALSE;
  if (unused->len > 0)
    sag_compose_warn (table->self, "%s: columns that hold no labels are left alone: %s.",
                      table->name, unused->str);
  return TRUE;
}

/* "train_12" of CT-RATE's "train_12_a_1.nii.gz": split, patient, study, reconstruction. */
static char *
dup_ct_rate_patient (const char *name, int *split)
{
  static const struct
  {
    const char *prefix;
    SagSplit    split;
  } kinds[] = { { "train_", SAG_SPLIT_TRAIN }, { "valid_", SAG_SPLIT_TEST } };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize prefix = strlen (kinds[i].prefix), n;

      if (!g_str_has_prefix (name, kinds[i].prefix))
        continue;
      n = strspn (name + prefix, "0123456789");
      if (n == 0 || name[prefix + n] != '_')
        continue;
      *split = kinds[i].split;
      return g_strndup (name, prefix + n);
    }
  return NULL;
}

static gboolean
read_split (const Table *table, gsize row, int *split, GError **error)
{
  const char *text = sag_rows_get (table->rows, row, "split");
  SagSplit    found;

  if (text == NULL || text[0] == '\0')
    return TRUE;
  if (sag_split_from_string (text, &found))
    {
      *split = (int) found;
      return TRUE;
    }
  return fail (table, row, error, "the split is \"%s\"; it takes train, val or test.", text);
}

/* The file of a row's scan; NULL if there is none. */
static char *
dup_path (const Table *table, const char *text)
{
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;

  if (strcmp (table->image_column, "img_file_path") == 0)
    {
      path = g_canonicalize_filename (text, table->folder);
      return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
    }
  name = sag_compose_dup_name (text);
  if (table->images != NULL)
    return g_strdup (sag_compose_files_find (table->images, name));
  path = g_canonicalize_filename (text, table->folder);
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

static gboolean
read_label (Table *table, gsize row, guint scan, const Column *column, GError **error)
{
  SagComposition  *self = table->self;
  SagComposeTask  *task = self->tasks->pdata[column->task];
  const char      *text = sag_rows_get (table->rows, row, column->name);
  Cell             cell = read_cell (text);
  SagComposeLabel  label = { column->task, scan, cell == CELL_POSITIVE };
  g_autofree char *key = g_strdup_printf ("%u %u", column->task, scan);
  gpointer         before = g_hash_table_lookup (self->seen_labels, key);

  if (cell == CELL_OTHER)
    return fail (table, row, error,
                 "%s is \"%s\"; a label is 1, 0, True, False, Censored or nothing.", column->name,
                 text);
  task->n_censored += cell == CELL_CENSORED;
  task->n_empty += cell == CELL_EMPTY;
  if (cell == CELL_CENSORED || cell == CELL_EMPTY)
    return TRUE;
  if (before != NULL && GPOINTER_TO_INT (before) - 1 != label.positive)
    return fail (table, row, error,
                 "%s says something else than a line above says of the same scan; keep one.",
                 column->name);
  if (before != NULL)
    return TRUE;
  g_hash_table_insert (self->seen_labels, g_steal_pointer (&key),
                       GINT_TO_POINTER (label.positive + 1));
  g_array_append_val (self->labels, label);
  return TRUE;
}

static gboolean
find_patient (Table *table, gsize row, const char *text, char **patient, int *split, GError **error)
{
  g_autofree char *name = sag_compose_dup_name (text);

  *patient = dup_ct_rate_patient (name, split);
  if (table->patient_column != NULL)
    {
      g_free (*patient);
      *patient = g_strdup (sag_rows_get (table->rows, row, table->patient_column));
      if (*patient == NULL || (*patient)[0] == '\0')
        return fail (table, row, error,
                     "%s is empty; every scan needs its patient, so that none is in two splits.",
                     table->patient_column);
    }
  return read_split (table, row, split, error);
}

static gboolean
read_row (Table *table, gsize row, GError **error)
{
  SagComposition  *self = table->self;
  const char      *text = sag_rows_get (table->rows, row, table->image_column);
  const char      *mask = sag_rows_get (table->rows, row, "mask_file_path");
  const char      *study = sag_rows_get (table->rows, row, "study_id");
  g_autofree char *path = NULL;
  g_autofree char *patient = NULL;
  g_autofree char *where = NULL;
  SagComposeScan  *scan;
  guint            number;
  int              split = -1;

  if (text == NULL || text[0] == '\0')
    return fail (table, row, error, "%s is empty.", table->image_column);
  if (!find_patient (table, row, text, &patient, &split, error))
    return FALSE;
  path = dup_path (table, text);
  if (path == NULL)
    {
      self->counts.n_missing++;
      if (self->first_missing == NULL)
        self->first_missing =
          g_strdup_printf ("%s, line %u", table->name, sag_rows_get_line (table->rows, row));
      return TRUE;
    }
  where = g_strdup_printf ("%s, line %u", table->name, sag_rows_get_line (table->rows, row));
  number = sag_compose_add_scan (self, path, patient, split, where);
  scan = self->scans->pdata[number];
  if (scan->mask == NULL && mask != NULL && mask[0] != '\0')
    scan->mask = g_canonicalize_filename (mask, table->folder);
  if (scan->study == NULL && study != NULL && study[0] != '\0')
    scan->study = g_strdup (study);
  for (guint i = 0; i < table->label_columns->len; i++)
    if (!read_label (table, row, number, &g_array_index (table->label_columns, Column, i), error))
      return FALSE;
  return TRUE;
}

gboolean
sag_compose_read_table (SagComposition  *self,
                        const char      *path,
                        SagComposeFiles *images,
                        GError         **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_auto (Table) table = { .self = self, .images = images };

  table.name = sag_file_dup_display_name (path);
  table.folder = g_path_get_dirname (absolute);
  table.label_columns = g_array_new (FALSE, FALSE, sizeof (Column));
  table.rows = sag_rows_load (path, error);
  if (table.rows == NULL || !find_columns (&table, error))
    return FALSE;
  for (gsize row = 0; row < sag_rows_get_n (table.rows); row++)
    if (!read_row (&table, row, error))
      return FALSE;
  return TRUE;
}
