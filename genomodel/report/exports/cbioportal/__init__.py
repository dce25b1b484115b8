"""A study folder as cBioPortal imports it: mutations, copy number, structural variants, generic assays."""
