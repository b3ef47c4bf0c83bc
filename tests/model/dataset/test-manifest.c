/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/dataset/manifest.h"

#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static SagDataset *
load (const char *text, GError **error)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "m.csv", NULL);
  SagDataset      *manifest;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  manifest = sag_dataset_load (path, error);
  sag_test_remove_folder (folder);
  return manifest;
}

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDataset) manifest =
    load ("question,img_file_path,label,split,mask_file_path,mask_values,patient_id,extra\n"
          "Diagnose it,a/1.nii.gz,1,train,,,p1,x\n"
          "Predict it,/abs/2.nii.gz,False,VAL,,,p2,\n"
          "Predict it,3.nii.gz,Censored,train,,,p1,\n"
          "Segment:Nodule,../1.nii.gz,,test,m.nii.gz,10; 11,p3,\n"
          "Segment:lungs,1.nii.gz,,,m.nii.gz,,p1,\n",
          &error);
  const SagSample *sample;

  g_assert_no_error (error);
  g_assert_cmpuint (sag_dataset_get_n (manifest), ==, 4);
  sample = sag_dataset_get (manifest, 0);
  g_assert_true (sample->label == 1 && sample->split == SAG_SPLIT_TRAIN && sample->mask == NULL);
  g_assert_true (g_path_is_absolute (sample->image) &&
                 g_str_has_suffix (sample->image, "/a/1.nii.gz"));
  sample = sag_dataset_get (manifest, 1);
  g_assert_true (sample->label == 0 && sample->split == SAG_SPLIT_VALIDATION);
  g_assert_cmpstr (sample->image, ==, "/abs/2.nii.gz");
  sample = sag_dataset_get (manifest, 2);
  g_assert_cmpstr (sample->question, ==, "Segment pulmonary nodules in the image.");
  g_assert_true (isnan (sample->label) && sample->n_mask_values == 2);
  g_assert_cmpint (sample->mask_values[1], ==, 11);
  g_assert_null (strstr (sample->image, ".."));
  g_assert_cmpuint (sample->line, ==, 5);
  sample = sag_dataset_get (manifest, 3);
  g_assert_cmpstr (sample->question, ==, "Segment lungs in the image.");
  g_assert_cmpuint (g_strv_length ((char **) sag_dataset_get_warnings (manifest)), ==, 2);
  g_assert_nonnull (strstr (sag_dataset_get_warnings (manifest)[0], "extra"));
}

/* A folder alone does not say which of its scans is meant; "FOLDER#SERIES" and a file do. */
static void
test_places (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *text =
    g_strdup_printf ("question,img_file_path,label,patient_id\n"
                     "Diagnose it,%s,1,p1\nPredict it,%s,1,p1\nDiagnose it,%s#1.2.3,1,p1\n"
                     "Diagnose it,cd.ZIP,1,p2\nDiagnose it,cd.zip#2,0,p2\n"
                     "Diagnose it,1.nii.gz,0,p3\n",
                     folder, folder, folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDataset) manifest = load (text, &error);
  const char *const *warnings;

  g_assert_no_error (error);
  warnings = sag_dataset_get_warnings (manifest);
  g_assert_cmpuint (g_strv_length ((char **) warnings), ==, 1);
  g_assert_true (g_str_has_prefix (warnings[0], "Scans named by a folder or archive alone: 2."));
  g_assert_null (strstr (warnings[0], folder));
  sag_test_remove_folder (folder);
}

static void
check_fails (const char *text, int code, const char *part)
{
  GError *error = NULL;

  g_assert_null (load (text, &error));
  sag_test_assert_error (error, SAG_ERROR, code, part);
}

static void
test_bad (void)
{
  check_fails ("question,label\nx,1\n", SAG_ERROR_FORMAT, "no column \"img_file_path\"");
  check_fails ("question,img_file_path,label\nx,a,2\n", SAG_ERROR_FORMAT,
               "line 2: the label is \"2\"");
  check_fails ("question,img_file_path,label\nx,a,1x\n", SAG_ERROR_FORMAT, "the label is \"1x\"");
  check_fails ("question,img_file_path,label\n,a,1\n", SAG_ERROR_FORMAT, "no question");
  check_fails ("question,img_file_path,label\nx,,1\n", SAG_ERROR_FORMAT, "no img_file_path");
  check_fails ("question,img_file_path,label,split\nx,a,1,all\n", SAG_ERROR_FORMAT, "the split is");
  check_fails ("question,img_file_path,label,mask_values\nx,a,1,0\n", SAG_ERROR_FORMAT,
               "mask_values");
  check_fails ("question,img_file_path,label\nx,a,\n", SAG_ERROR_ARGUMENT, "nothing to learn");
  check_fails ("question,img_file_path,label\n", SAG_ERROR_ARGUMENT, "nothing to learn");
}

/* The message does not say who it is. */
static void
test_patient_in_two_splits (void)
{
  GError *error = NULL;

  g_assert_null (load (
    "question,img_file_path,label,split,patient_id\nx,a,1,train,Jane\nx,b,1,test,Jane\n", &error));
  g_assert_null (strstr (error->message, "Jane"));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "line 3: this patient");
}

/* One name of a scan more: "./a" is "a". */
static void
test_scan_in_two_splits (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
    load ("question,img_file_path,label,split\nx,a,1,train\ny,a,1,train\ny,./a,1,val\n", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "line 4: this scan");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/manifest/good", test_good);
  g_test_add_func ("/dataset/manifest/places", test_places);
  g_test_add_func ("/dataset/manifest/bad", test_bad);
  g_test_add_func ("/dataset/manifest/patient-in-two-splits", test_patient_in_two_splits);
  g_test_add_func ("/dataset/manifest/scan-in-two-splits", test_scan_in_two_splits);
  return g_test_run ();
}
